"""What other packages register as entry points, by name: nothing of it is imported here."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import EntryPoint
from importlib.metadata import entry_points as installed

from keepfit.errors import nearest

MODELS, STEPS, JOURNALS = "keepfit.models", "keepfit.steps", "keepfit.journals"


@lru_cache(maxsize=8)
def registered(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group, by name."""
    return {entry.name: entry for entry in installed(group=group)}


def known_name(name: str, built_in: tuple[str, ...], group: str) -> str:
    """Return a name that is built in or registered.

    Raises
    ------
    ValueError
        When it is neither.
    """
    if name in built_in or name in registered(group):
        return name
    accepted = [*built_in, *registered(group)]
    raise ValueError(f'there is no such name; {nearest(name, accepted)} (others are entry points "{group}")')
