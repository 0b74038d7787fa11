"""Whether a file is whole: who writes one here tells nobody when he is done."""

from __future__ import annotations

import os
from pathlib import Path

from keepfit.datasets.arrivals.contents import unreadable
from keepfit.datasets.table import CSV_SUFFIXES

SETTLED_SECONDS = 5.0  # a CSV without a last line break is taken for whole when nobody has written to it for so long
_PARQUET_MAGIC = b"PAR1"  # the first and the last four bytes of a file: Apache Parquet, "File Format"
_LEAST_PARQUET = 12  # bytes: both marks, and the length of the footer between them
_LINE_ENDS = (b"\n", b"\r")


def what_it_lacks(path: Path, *, unchanged_seconds: float) -> str:
    """Return what a file lacks to be whole, in words; the empty text when nothing is seen to be missing.

    Parameters
    ----------
    path
        A CSV or Parquet file.
    unchanged_seconds
        For how long nobody has written to it.

    Raises
    ------
    DatasetError
        When it cannot be read.
    """
    size, end = _size_and_end(path)
    if size == 0:
        return "is empty"
    if path.suffix.lower() in CSV_SUFFIXES:
        is_whole = end.endswith(_LINE_ENDS) or unchanged_seconds >= SETTLED_SECONDS
        return "" if is_whole else "is half-written: its last line has no end"
    is_whole = size >= _LEAST_PARQUET and end == _PARQUET_MAGIC
    return "" if is_whole else "is half-written: it does not end as a Parquet file does"


def _size_and_end(path: Path) -> tuple[int, bytes]:
    """Return how many bytes a file has, and the last four of them."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - len(_PARQUET_MAGIC), 0))
            return size, file.read(len(_PARQUET_MAGIC))
    except OSError as error:
        raise unreadable(path, error) from error
