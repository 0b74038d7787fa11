"""A file that somebody writes to while it is read: half of the old and half of the new is no table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keepfit.errors import DatasetError

Stamp = tuple[int, int, int]


@contextmanager
def unchanged(path: Path, *, since: Stamp | None = None) -> Iterator[None]:
    """Refuse what was read of a file when its size, time or inode is another one afterwards.

    An error within is told only when the file has not changed: else the change is its cause.

    Parameters
    ----------
    path
        The file.
    since
        What `stamp` said of it before something else was read; now, when None.

    Raises
    ------
    DatasetError
        When the file has changed, or is gone.
    """
    before = since or stamp(path)
    try:
        yield
    except DatasetError as error:
        _require_same(path, before, error)
        raise
    _require_same(path, before, None)


def stamp(path: Path) -> Stamp | None:
    """Return size, time of the last write and inode of a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _require_same(path: Path, before: Stamp | None, cause: Exception | None) -> None:
    if stamp(path) != before:
        raise DatasetError(
            "changed while it was read", where=str(path), hint="try again when whoever writes it is done"
        ) from cause
