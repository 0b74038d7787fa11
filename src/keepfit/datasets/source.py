"""Getting a table: a local file, else a mirror directory, else its public address, else a generated twin.

What was found once is kept in the cache, so a project does not change its table when the mirror is not set any more.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import shutil
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from keepfit.datasets.catalogue import CATALOGUE, CatalogueEntry
from keepfit.datasets.table import read_table
from keepfit.errors import DatasetError, nearest
from keepfit.project.declaration import DataSection

MIRROR_VARIABLE = "KEEPFIT_DATA_MIRROR"
OFFLINE_VARIABLE = "KEEPFIT_OFFLINE"
_TIMEOUT_SECONDS = 10.0
_CHUNK_BYTES = 1024 * 1024
_LARGEST_DOWNLOAD_BYTES = 2 * 1024**3
_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")


class Origin(StrEnum):
    """Where a table came from."""

    FILE = "file"
    MIRROR = "mirror"
    CACHE = "cache"
    DOWNLOAD = "download"
    TWIN = "twin"


@dataclass(frozen=True, slots=True)
class SourcedTable:
    """A table and where it came from.

    Attributes
    ----------
    frame
        All rows and columns, as read.
    name
        The source as the project names it.
    origin, address
        How it was got, and from where.
    path, sha256
        The file that was read, and its digest.
    """

    frame: pl.DataFrame
    name: str
    origin: Origin
    address: str
    path: Path
    sha256: str

    @property
    def is_twin(self) -> bool:
        """Whether these rows are generated."""
        return self.origin is Origin.TWIN


def fetch_table(
    section: DataSection,
    *,
    folder: Path,
    cache: Path,
    seed: int,
    catalogue: Mapping[str, CatalogueEntry] = CATALOGUE,
) -> SourcedTable:
    """Get the table that a project names.

    Parameters
    ----------
    section
        The project's source, separator and missing values.
    folder
        Where relative paths begin.
    cache
        Where downloads and twins are kept.
    seed
        Seed of a twin.
    catalogue
        The known public tables.

    Raises
    ------
    DatasetError
        When there is no such file or name, a checksum differs, or the file cannot be read.
    """
    path = (folder / Path(section.source).expanduser()).resolve()
    if path.is_file() or path.suffix.lower() in _SUFFIXES:
        return _read(section, path, Origin.FILE, section.source)
    entry = catalogue.get(section.source)
    if entry is None:
        raise DatasetError(
            "no such file, and no such name in the catalogue",
            where=f'keepfit.toml: [data] source = "{section.source}"',
            hint=nearest(section.source, catalogue),
        )
    mirror = os.environ.get(MIRROR_VARIABLE)
    mirrored = _in_mirror(Path(mirror).expanduser().resolve(), entry) if mirror else None
    kept = cache / entry.file_name
    if mirrored:
        _keep(mirrored, kept)
        return _read(section, mirrored, Origin.MIRROR, str(mirrored))
    if kept.is_file() and _digest(kept) == entry.sha256:
        return _read(section, kept, Origin.CACHE, entry.url)
    if _download(entry, kept):
        return _read(section, kept, Origin.DOWNLOAD, entry.url)
    twin = _twin(section.source, entry, cache, seed)
    return _read(section, twin, Origin.TWIN, f"generated with seed {seed}")


def _read(section: DataSection, path: Path, origin: Origin, address: str) -> SourcedTable:
    frame = read_table(path, separator=section.separator, missing_values=section.missing_values)
    return SourcedTable(frame, section.source, origin, address, path, _digest(path))


def _in_mirror(mirror: Path, entry: CatalogueEntry) -> Path | None:
    if not mirror.is_dir():
        raise DatasetError("no such folder", where=f"{MIRROR_VARIABLE}={mirror}", hint="correct or unset the variable")
    path = mirror / entry.file_name
    if not path.is_file():
        return None
    _require_digest(path, entry, f"replace the file, or unset {MIRROR_VARIABLE}")
    return path


def _keep(mirrored: Path, path: Path) -> None:
    """Keep a mirrored table, so that the same project finds it again without the mirror."""
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part(path)
    shutil.copyfile(mirrored, part)
    part.replace(path)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")


def _download(entry: CatalogueEntry, path: Path) -> bool:
    """Get the file from its public home; False when that cannot be reached."""
    if os.environ.get(OFFLINE_VARIABLE):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part(path)
    try:
        if not _stream(entry, part):
            return False
        _require_digest(part, entry, f"the public file may have changed: get it yourself and set {MIRROR_VARIABLE}")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return True


def _stream(entry: CatalogueEntry, part: Path) -> bool:
    """Write the answer of the public address to a file; False when it cannot be reached."""
    try:
        with urllib.request.urlopen(entry.url, timeout=_TIMEOUT_SECONDS) as answer, part.open("wb") as file:  # noqa: S310 - the catalogue's addresses are ours
            size = 0
            while chunk := answer.read(_CHUNK_BYTES):
                size += len(chunk)
                if size > _LARGEST_DOWNLOAD_BYTES:
                    raise DatasetError("is larger than 2 GiB", where=entry.url, hint="get it yourself")
                file.write(chunk)
    except (OSError, http.client.HTTPException):  # no network, no such host, no such page
        return False
    return True


def _twin(name: str, entry: CatalogueEntry, cache: Path, seed: int) -> Path:
    """Return the twin's file, generated on first use."""
    path = cache / f"{name}-twin-{seed}.csv"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        part = _part(path)
        entry.twin(seed).write_csv(part, null_value="NA")
        part.replace(path)
    return path


def _require_digest(path: Path, entry: CatalogueEntry, hint: str) -> None:
    found = _digest(path)
    if found != entry.sha256:
        raise DatasetError(
            f"the checksum differs: SHA-256 is {found}, the catalogue says {entry.sha256}",
            where=str(path),
            hint=hint,
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
