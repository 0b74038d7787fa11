"""Where a demo plays: a folder of its own, and a service that ends with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from keepfit.errors import ProjectError, ServiceError
from keepfit.serving import bind
from keepfit.workflows.examples import unpack_example
from keepfit.workflows.local_service import local_service
from keepfit.workflows.rooms import Progress, Rooms

_MARK = ".keepfit-demo"


def demo_rooms(name: str, folder: Path, *, declared: Mapping[str, str] | None = None) -> Rooms:
    """Unpack an example in a folder, which an earlier demo may have left, and open it.

    Parameters
    ----------
    name, folder
        Of the example, and where.
    declared
        What the demo's copy of the project file declares besides, by example: whole sections.

    Raises
    ------
    ProjectError
        When the folder holds anything but an earlier demo, or there is no such example.
    """
    _clear(folder)
    file = unpack_example(name, folder)
    with file.open("a", encoding="utf-8") as text:
        text.write((declared or {}).get(name, ""))
    (folder / _MARK).touch()
    return Rooms.open(file)


@contextmanager
def served(rooms: Rooms) -> Iterator[str]:
    """Serve a project while the block runs; the address is given."""
    section = rooms.project.serving
    port = free_port(section.host, section.port)
    log = rooms.workspace.root / "service.log"
    with local_service(rooms.file, host=section.host, port=port, log=log) as url:
        rooms.log.add("demo", f"the service answers at {url}")
        yield url


def _clear(folder: Path) -> None:
    """Remove what an earlier demo left; refuse to touch anything else."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / _MARK).exists():
        raise ProjectError(
            "the folder is not empty, and no demo's", where=str(folder), hint="choose another with --into"
        )
    shutil.rmtree(folder)


def told_of(on_progress: Progress, act: str) -> Progress:
    """Put the act before each step."""

    def told(step: str, done: int, total: int, note: str = "") -> None:
        on_progress(f"{act}: {step}", done, total, note)

    return told


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port if it is free, any free one otherwise.

    Raises
    ------
    ServiceError
        When none can be had.
    """
    for port in (wanted, 0):
        try:
            with bind(host, port) as bound:
                number: int = bound.getsockname()[1]
                return number
        except ServiceError:
            if port == 0:
                raise
    raise AssertionError  # the loop returns or raises
