"""A table's file, read in batches: its rows in order, in memory that does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import polars as pl

from keepfit.datasets.cause import cause_of
from keepfit.datasets.csv_batches import CsvBatches
from keepfit.datasets.table import CSV_SUFFIXES, require_file
from keepfit.errors import DatasetError

_MOST_ROWS = 65_536
_MOST_CELLS = 1_048_576  # of a batch: numbers of 8 MB
_MOST_TEXTS = 262_144

T = TypeVar("T")


class TableBatches(Protocol):
    """A table that is read in batches."""

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """Names and types of the columns."""

    @property
    def holds_texts(self) -> bool:
        """Whether every value is the text of the file, words for missing too: a CSV knows no types."""

    @property
    def rows(self) -> int:
        """How many rows there are; of a CSV about so many, as a text may go over several lines."""

    def read(self, columns: Sequence[str], *, rows: int) -> Iterator[pl.DataFrame]:
        """Yield these columns, about so many rows at a time.

        Raises
        ------
        DatasetError
            When the file cannot be read on.
        """


def open_batches(path: Path, *, separator: str | None = None) -> TableBatches:
    """Open a CSV or Parquet file to read it in batches.

    Parameters
    ----------
    path
        The file; its suffix says what it is.
    separator
        The CSV's separator; found out when None.

    Raises
    ------
    DatasetError
        When there is no such file, or it is no table.
    """
    require_table_file(path)
    return CsvBatches(path, separator) if path.suffix.lower() in CSV_SUFFIXES else ParquetBatches(path)


def require_table_file(path: Path) -> None:
    """Refuse a path that leads to no table.

    Raises
    ------
    DatasetError
        When the file is absent, empty, or of another format.
    """
    if not path.is_file():
        said = "is a folder" if path.is_dir() else "no such file"
        raise DatasetError(said, where=str(path), hint="name a file with a table")
    require_file(path)


def batch_rows(columns: int, *, texts: bool = False) -> int:
    """Return how many rows of so many columns are held at a time; fewer where all cells are texts."""
    return min(max((_MOST_TEXTS if texts else _MOST_CELLS) // max(columns, 1), 1), _MOST_ROWS)


class ParquetBatches:
    """A Parquet file that is read in batches.

    Raises
    ------
    DatasetError
        When it is none.
    """

    holds_texts = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._table = pl.scan_parquet(path, glob=False)
        self.schema: Mapping[str, pl.DataType] = dict(self._told(self._table.collect_schema))
        self.rows = int(self._told(self._table.select(pl.len()).collect).item())

    def read(self, columns: Sequence[str], *, rows: int) -> Iterator[pl.DataFrame]:
        """Yield these columns, so many rows at a time; a group of rows is never held as a whole."""
        asked = self._table.select(columns)
        for first in range(0, self.rows, rows):
            yield self._told(asked.slice(first, rows).collect)

    def _told(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except (pl.exceptions.PolarsError, OSError) as error:
            said, where = f"cannot be read as Parquet: {cause_of(error)}", str(self._path)
            raise DatasetError(said, where=where, hint="write it again") from error
