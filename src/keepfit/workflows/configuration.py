"""What the project file says, as an event when it differs from before: who looks back sees the rules of the day."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from keepfit.journal import Event, Journal
from keepfit.workflows.rooms import Rooms

CONFIGURED = "configured"
_PASSWORD = re.compile(r"(?<=://)([^@:\s]*):(.*)@")
_IN_QUERY = re.compile(r"(?i)([?&][^=&]*(?:password|passwd|secret|token|key)[^=&]*=)[^&]*")


def note_configuration(rooms: Rooms, journal: Journal) -> Event | None:
    """Record an event when the project file differs from the one of the last event; return it.

    It says the keys that changed, from what to what, and the whole declaration as it is written: values of the
    environment by their names, passwords of addresses not at all.
    """
    project = rooms.project.name
    now = dict(_flat(tomllib.loads(rooms.file.read_text())))
    last = journal.events(project, kinds=[CONFIGURED], limit=1)
    before: Mapping[str, Any] = last[-1].facts["declaration"] if last else {}
    changed = {
        key: {"from": before.get(key), "to": now.get(key)}
        for key in sorted({*before, *now})
        if before.get(key) != now.get(key)
    }
    if not changed:
        return None
    return journal.record_event(project, CONFIGURED, rooms.actor, {"changed": changed, "declaration": now})


def without_secrets(text: str) -> str:
    """Return a text with no password of an address in it."""
    return _IN_QUERY.sub(r"\1***", _PASSWORD.sub(r"\1:***@", text))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", _plain(value)


def _plain(value: Any) -> Any:
    """Return a value as plain JSON types, without passwords."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value if isinstance(value, bool | int | float) else str(value)
