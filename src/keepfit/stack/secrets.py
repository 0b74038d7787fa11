"""Passwords of the stack: drawn on the first run, kept in `.env` beside the project file, for its owner only."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from keepfit.errors import ProjectError
from keepfit.project.environment import FILE_NAME, environment_of

_BYTES = 24
_HEAD = b"# Passwords and addresses of `keepfit up`. Keep this file out of version control.\n"
_TAKEN = re.compile(r"[A-Za-z0-9_.~-]+")  # what an address takes as it is


def ensure_secrets(
    folder: Path, names: Iterable[str], settings: Mapping[str, str | None] | None = None
) -> dict[str, str]:
    """Return the secrets and settings of a project, after writing into its `.env` what is not known.

    Parameters
    ----------
    folder
        Where `keepfit.toml` is.
    names
        Secrets that are needed; 192 bits are drawn for each that neither the environment nor the file has.
    settings
        Other variables, which the file has as they are told here; `{NAME}` in them stands for a secret, and None takes
        them out of it.

    Raises
    ------
    ProjectError
        When the file cannot be read or written, or a secret has characters that no address takes.
    """
    file, known = folder / FILE_NAME, environment_of(folder)
    drawn = {name: secrets.token_urlsafe(_BYTES) for name in names if not known.get(name)}
    found = {name: drawn.get(name) or known[name] for name in names}
    for name, value in found.items():
        if not _TAKEN.fullmatch(value):
            said = "has characters that an address does not take"
            raise ProjectError(said, where=f"{file}: {name}", hint="letters, digits, and any of _ . ~ -")
    wanted = settings or {}
    told = {name: text.format_map(found) for name, text in wanted.items() if text is not None}
    changed = {name: value for name, value in told.items() if known.get(name) != value}
    dropped = [name for name, text in wanted.items() if text is None and name in known]
    if drawn or changed or dropped:
        try:
            _write(file, {**drawn, **changed}, dropped)
        except OSError as error:
            raise ProjectError(f"cannot be written ({error})", where=str(file), hint="check its rights") from error
    return {**found, **told}


def _write(file: Path, values: Mapping[str, str], dropped: Sequence[str]) -> None:
    """Put the file with these values in place of the one of before, of which all other lines stay as they are."""
    before = file.read_bytes() if file.exists() else _HEAD
    lines = [line for line in before.splitlines(keepends=True) if _name(line) not in (*values, *dropped)]
    if lines and not lines[-1].endswith((b"\n", b"\r")):
        lines.append(b"\n")
    lines += [f"{name}={value}\n".encode() for name, value in values.items()]
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".env-", delete=False) as made:  # its owner's only
        made.write(b"".join(lines))
    Path(made.name).replace(file)


def _name(line: bytes) -> str:
    return line.partition(b"=")[0].strip().removeprefix(b"export ").strip().decode("utf-8", errors="replace")
