"""Getting a table: a local file, else a mirror directory, else its public address, else a generated twin.

What was found once is kept in the cache, so a project does not change its table when the mirror is not set any more.
"""

from __future__ import annotations

import http.client
import os
import shutil
import struct
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

import polars as pl

from keepfit.datasets.catalogue import CATALOGUE, CatalogueEntry
from keepfit.datasets.fingerprint import file_digest
from keepfit.datasets.replacing import replacing
from keepfit.datasets.steady import unchanged
from keepfit.datasets.table import SUFFIXES, read_table
from keepfit.errors import DatasetError, nearest
from keepfit.project.data_section import DataSection

MIRROR_VARIABLE = "KEEPFIT_DATA_MIRROR"
OFFLINE_VARIABLE = "KEEPFIT_OFFLINE"
_OFFLINE_MEANS_NO = ("", "0", "false", "no")
_TIMEOUT_SECONDS = 10.0
_DOWNLOAD_SECONDS = 60.0
_CHUNK_BYTES = 1024 * 1024
_LARGEST_DOWNLOAD_BYTES = 2 * 1024**3
_NOT_FOUND = 404
_SERVER_FAULT = 500
_PUBLIC_FILE_HINT = f"the public file may have changed: get it yourself and set {MIRROR_VARIABLE}"
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)

GENERATED = "Generated data: this is a generated twin of the table, not the real one."
"""What a page about such rows says aloud."""


class Origin(StrEnum):
    """Where a table came from."""

    FILE = "file"
    MIRROR = "mirror"
    CACHE = "cache"
    DOWNLOAD = "download"
    TWIN = "twin"


@dataclass(frozen=True, slots=True)
class LocatedTable:
    """A table's file, found or made, and not read yet; see `SourcedTable`."""

    name: str
    origin: Origin
    address: str
    path: Path

    @property
    def is_twin(self) -> bool:
        """Whether its rows are generated."""
        return self.origin is Origin.TWIN


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

    @property
    def warning(self) -> str:
        """What every page about the rows says aloud; empty unless they were generated."""
        return GENERATED if self.is_twin else ""


def fetch_table(
    section: DataSection,
    *,
    folder: Path,
    cache: Path,
    seed: int,
    catalogue: Mapping[str, CatalogueEntry] = CATALOGUE,
) -> SourcedTable:
    """Get the table that a project names; see `locate_table` for the parameters.

    Raises
    ------
    DatasetError
        When it cannot be located, or cannot be read.
    """
    return read_located(locate_table(section, folder=folder, cache=cache, seed=seed, catalogue=catalogue), section)


def read_located(located: LocatedTable, section: DataSection) -> SourcedTable:
    """Read a located table, with the project's separator and missing values.

    Raises
    ------
    DatasetError
        When it cannot be read, or changes while it is.
    """
    path = located.path
    with unchanged(path):
        frame = read_table(path, separator=section.separator, missing_values=section.missing_values)
        digest = file_digest(path)
    return SourcedTable(frame, located.name, located.origin, located.address, path, digest)


def locate_table(
    section: DataSection,
    *,
    folder: Path,
    cache: Path,
    seed: int,
    catalogue: Mapping[str, CatalogueEntry] = CATALOGUE,
) -> LocatedTable:
    """Find the file of the table that a project names, download it, or generate its twin.

    Parameters
    ----------
    section
        The project's source.
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
        When there is no such name, a checksum differs, or the public address refuses.
    """
    name = section.source
    path = (folder / Path(section.source).expanduser()).resolve()
    if path.is_file() or path.suffix.lower() in SUFFIXES:
        return LocatedTable(name, Origin.FILE, name, path)
    entry = catalogue.get(section.source)
    if entry is None:
        raise DatasetError(
            "no such file, and no such name in the catalogue",
            where=f'keepfit.toml: [data] source = "{section.source}"',
            hint=f"{nearest(section.source, catalogue)} (a path must lead to a file: {path} is none)",
        )
    mirror = os.environ.get(MIRROR_VARIABLE)
    mirrored = _in_mirror(Path(mirror).expanduser().resolve(), entry) if mirror and entry.is_public else None
    kept = cache / entry.file_name
    if not entry.is_public:
        return LocatedTable(name, Origin.TWIN, f"generated with seed {seed}", _twin(name, entry, cache, seed))
    if mirrored:
        _keep(mirrored, kept)
        return LocatedTable(name, Origin.MIRROR, str(mirrored), mirrored)
    if kept.is_file() and file_digest(kept) == entry.sha256:
        return LocatedTable(name, Origin.CACHE, entry.url, kept)
    if not _is_offline() and _download(entry, kept):
        return LocatedTable(name, Origin.DOWNLOAD, entry.url, kept)
    return LocatedTable(name, Origin.TWIN, f"generated with seed {seed}", _twin(name, entry, cache, seed))


def _in_mirror(mirror: Path, entry: CatalogueEntry) -> Path | None:
    if not mirror.is_dir():
        raise DatasetError("no such folder", where=f"{MIRROR_VARIABLE}={mirror}", hint="correct or unset the variable")
    path = mirror / entry.file_name
    if not path.is_file():
        return None
    _require_digest(path, entry, where=str(path), hint=f"replace the file, or unset {MIRROR_VARIABLE}")
    return path


def _keep(mirrored: Path, path: Path) -> None:
    """Keep a mirrored table, so that the same project finds it again without the mirror."""
    if path.is_file() and file_digest(path) == file_digest(mirrored):
        return
    with replacing(path) as part:
        shutil.copyfile(mirrored, part)


def _is_offline() -> bool:
    return os.environ.get(OFFLINE_VARIABLE, "").lower() not in _OFFLINE_MEANS_NO


def _download(entry: CatalogueEntry, path: Path) -> bool:
    """Get the file from its public home; False when that cannot be reached."""
    where = f"{entry.member} in {entry.url}" if entry.member else entry.url
    try:
        with replacing(path) as part:
            with part.open("wb") as file:
                if entry.member:
                    _write(_member_chunks(entry.url, entry.member, path.parent, where), file, where)
                else:
                    _write(_chunks(entry.url), file, where)
            _require_digest(part, entry, where=where, hint=_PUBLIC_FILE_HINT)
    except _UnreachableError:
        return False
    return True


def _write(chunks: Iterable[bytes], file: IO[bytes], where: str) -> None:
    """Write chunks up to a bound, so that neither an endless answer nor an archive fills the disk."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > _LARGEST_DOWNLOAD_BYTES:
            raise DatasetError("is larger than 2 GiB", where=where, hint="get it yourself")
        file.write(chunk)


def _member_chunks(url: str, member: str, folder: Path, where: str) -> Iterator[bytes]:
    """Yield the bytes of one member of the archive at an address; no name in the archive becomes a path here."""
    with tempfile.TemporaryFile(dir=folder) as archive:
        _write(_chunks(url), archive, url)
        try:
            with zipfile.ZipFile(archive) as opened, opened.open(member) as file:
                while chunk := file.read(_CHUNK_BYTES):
                    yield chunk
        except KeyError as error:
            raise DatasetError("no such file in the archive", where=where, hint=_PUBLIC_FILE_HINT) from error
        except _BROKEN_ARCHIVE as error:
            raise DatasetError(
                f"cannot be read from the archive: {error}", where=where, hint=_PUBLIC_FILE_HINT
            ) from error


class _UnreachableError(Exception):
    """The public address cannot be reached, does not answer in time, or breaks off."""


def _chunks(url: str) -> Iterator[bytes]:
    """Yield the bytes at an address."""
    start, size = time.monotonic(), 0
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - the catalogue's addresses are ours
            announced = answer.length or 0  # None without a length that can be read
            while chunk := answer.read1(_CHUNK_BYTES):
                size += len(chunk)
                if time.monotonic() - start > _DOWNLOAD_SECONDS:
                    raise _UnreachableError
                yield chunk
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == _NOT_FOUND or error.code >= _SERVER_FAULT:
            raise _UnreachableError from error
        raise DatasetError(
            f"answers {error.code} {error.reason}", where=url, hint=f"get the file yourself and set {MIRROR_VARIABLE}"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise _UnreachableError from error
    if size < announced:
        raise _UnreachableError


def _twin(name: str, entry: CatalogueEntry, cache: Path, seed: int) -> Path:
    """Return the twin's file, generated on first use."""
    path = cache / f"{name}-twin-{seed}{'.csv' if entry.is_public else '.parquet'}"
    if not path.is_file():
        with replacing(path) as part:
            frame = entry.twin(seed)
            frame.write_csv(part, separator=entry.separator) if entry.is_public else frame.write_parquet(part)
    return path


def _require_digest(path: Path, entry: CatalogueEntry, *, where: str, hint: str) -> None:
    found = file_digest(path)
    if found != entry.sha256:
        raise DatasetError(
            f"the checksum differs: SHA-256 is {found}, the catalogue says {entry.sha256}",
            where=where,
            hint=hint,
        )
