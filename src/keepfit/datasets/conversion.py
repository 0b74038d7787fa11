"""A large CSV, converted to Parquet once: what comes after goes on as with any large Parquet file."""

from __future__ import annotations

import hashlib
import json
from glob import escape
from pathlib import Path

import polars as pl

from keepfit.datasets.csv_file import CsvForm, write_csv_as_parquet
from keepfit.datasets.fingerprint import file_digest
from keepfit.datasets.replacing import replacing
from keepfit.datasets.steady import stamp, unchanged
from keepfit.datasets.table import CSV_SUFFIXES, require_file
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

LARGE_CSV_BYTES = 500_000_000
_KEY_DIGITS = 16
_FORMAT = 1  # of the files in the cache: another one when the same CSV would become another table


def is_large_csv(path: Path, *, least_bytes: int = LARGE_CSV_BYTES) -> bool:
    """Whether a file is a CSV of more bytes than are read at once."""
    return path.suffix.lower() in CSV_SUFFIXES and path.is_file() and path.stat().st_size >= least_bytes


def as_parquet(path: Path, cache: Path, section: DataSection) -> Path:
    """Return the table of a CSV as a Parquet file, converted in constant memory when it is not there yet.

    The file's name has a digest of the CSV's path, and one of its bytes and of how the project reads it: separator and
    words for missing. What was converted of the CSV as it was before is deleted.

    Parameters
    ----------
    path
        The CSV.
    cache
        Folder where the Parquet is kept.
    section
        How the CSV is read.

    Raises
    ------
    DatasetError
        When the CSV cannot be read (see `read_table`), changes meanwhile, or the Parquet cannot be written.
    """
    require_file(path)
    before = stamp(path)
    with unchanged(path):
        kept = cache / f"{_name(path)}-{_key(path, section)}.parquet"
    if kept.is_file():
        return kept
    with replacing(kept) as part, unchanged(path, since=before):
        write_csv_as_parquet(path, part, CsvForm(section.separator, tuple(section.missing_values)))
        if not pl.scan_parquet(part, glob=False).select(pl.len()).collect().item():
            raise DatasetError("there is a header, but no rows", where=str(path), hint="bring rows")
    for older in cache.glob(f"{escape(_name(path))}-{'[0-9a-f]' * _KEY_DIGITS}.parquet"):
        if older != kept:
            older.unlink(missing_ok=True)
    return kept


def _name(path: Path) -> str:
    """Return what the conversions of one file have in common: its name, and where it lies."""
    return f"{path.stem}-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:_KEY_DIGITS]}"


def _key(path: Path, section: DataSection) -> str:
    read_as = [_FORMAT, section.separator, list(section.missing_values)]
    digest = hashlib.sha256(f"{file_digest(path)} {json.dumps(read_as)}".encode())
    return digest.hexdigest()[:_KEY_DIGITS]
