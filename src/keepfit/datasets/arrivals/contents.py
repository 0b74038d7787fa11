"""A file that arrived, by its content: its key, and its rows as long as nobody writes to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import file_digest
from pathlib import Path

import polars as pl

from keepfit.datasets.batches import TableBatches, open_batches
from keepfit.datasets.steady import Stamp, unchanged
from keepfit.errors import DatasetError


def content_key(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal.

    Raises
    ------
    DatasetError
        When it cannot be read, or is written to meanwhile.
    """
    try:
        with unchanged(path), path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> DatasetError:
    """Return what is told of a file or folder that the system does not let us read."""
    return DatasetError(
        f"cannot be read: {error.strerror or error}", where=str(path), hint="check its rights and its disk"
    )


class ArrivedTable:
    """The table of a file that arrived; its rows are those of the key, or an error says that it has changed.

    Parameters
    ----------
    path
        The file.
    separator
        The CSV's separator; found out when None.
    since
        What `steady.stamp` said of it before its key was made.

    Raises
    ------
    DatasetError
        When it is no table, or has changed.
    """

    def __init__(self, path: Path, separator: str | None, since: Stamp | None) -> None:
        self._path, self._since = path, since
        with unchanged(path, since=since):
            self._table: TableBatches = open_batches(path, separator=separator)
        self.schema: Mapping[str, pl.DataType] = self._table.schema
        self.holds_texts = self._table.holds_texts
        self.rows = self._table.rows

    def read(self, columns: Sequence[str], *, rows: int) -> Iterator[pl.DataFrame]:
        """Yield these columns, about so many rows at a time; see `TableBatches`.

        Raises
        ------
        DatasetError
            When the file cannot be read on; after the last rows, when it is not the one any more that has the key.
        """
        with unchanged(self._path, since=self._since):
            yield from self._table.read(columns, rows=rows)
