"""Paths that a user names: what goes there is refused before the work, where it could not be written after it."""

from __future__ import annotations

from pathlib import Path

from keepfit.errors import KeepfitError


def require_folder(path: Path, called: str, kind: type[KeepfitError] = KeepfitError) -> None:
    """Refuse a file whose folder is not there: it may be misspelt, and so no folder is made of a name.

    Parameters
    ----------
    path
        The file.
    called
        What the user calls it.
    kind
        The error that is raised.

    Raises
    ------
    KeepfitError
        When there is no such folder.
    """
    if not path.parent.is_dir():
        raise kind("no such folder", where=f"{called} {path.parent}", hint="make it, or name another")
