"""A file that takes its place only when it is whole."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keepfit.errors import DatasetError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a name beside the file; what is written there takes the file's place when all went well.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(
            f"cannot be written: {error.strerror or error}",
            where=str(path),
            hint="check its folder, its rights and the space on the disk",
        ) from error
