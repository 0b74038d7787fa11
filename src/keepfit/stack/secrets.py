"""Passwords of the stack: drawn on the first run, kept in `.env` beside the project file, for its owner only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from dotenv import dotenv_values

from keepfit.errors import ProjectError
from keepfit.project.environment import FILE_NAME

_BYTES = 24
_HEAD = "# Passwords and addresses of `keepfit up`. Keep this file out of version control.\n"


def ensure_secrets(folder: Path, names: Iterable[str], settings: dict[str, str] | None = None) -> dict[str, str]:
    """Return everything in the folder's `.env`, after drawing what is missing of these names.

    Parameters
    ----------
    folder
        Where `keepfit.toml` is.
    names
        Secrets that are needed; 192 bits are drawn for each that the file lacks.
    settings
        Other variables that it gets where it lacks them; `{NAME}` in them stands for a secret.

    Raises
    ------
    ProjectError
        When the file cannot be read or written.
    """
    file = folder / FILE_NAME
    try:
        known = {name: value for name, value in dotenv_values(file).items() if value is not None}
        drawn = {name: secrets.token_urlsafe(_BYTES) for name in names if name not in known}
        known |= drawn
        told = {name: text.format_map(known) for name, text in (settings or {}).items() if name not in known}
        if drawn or told:
            _append(file, {**drawn, **told})
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"cannot be read or written ({error})", where=str(file)) from error
    return {**known, **told}


def _append(file: Path, values: dict[str, str]) -> None:
    """Add lines to the file, which is its owner's only from its first byte on."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as opened:
        written = opened.read() or _HEAD
        lines = [*written.splitlines(), *(f"{name}={value}" for name, value in values.items())]
        opened.seek(0)
        opened.write("\n".join(lines) + "\n")
