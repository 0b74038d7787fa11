"""What `keepfit up` has started, so that `keepfit status` and `keepfit down` know it: a file in the workspace."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from keepfit.errors import ServiceError
from keepfit.reporting import write_text
from keepfit.stack.processes import Running

_FILE, _LOCK = "running.json", "lock"


def read_running(folder: Path) -> list[Running]:
    """Return what was started, in that order; nothing where nothing was.

    Raises
    ------
    ServiceError
        When the file is not one of ours.
    """
    file = folder / _FILE
    try:
        return [Running(**told) for told in json.loads(file.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        said = f"cannot be read ({error})"
        raise ServiceError(said, where=str(file), hint="end what it names by hand, then remove it") from error


def write_running(folder: Path, running: Iterable[Running]) -> None:
    """Remember what runs; the file is removed when nothing does."""
    told = [asdict(one) for one in running]
    if told:
        write_text(json.dumps(told, indent=2) + "\n", folder / _FILE)
    else:
        (folder / _FILE).unlink(missing_ok=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other commands from starting or ending the same stack meanwhile.

    Raises
    ------
    ServiceError
        When another one is at it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            said = "another `keepfit up` or `keepfit down` is at work"
            raise ServiceError(said, where=str(folder), hint="wait until it is done") from error
        yield
