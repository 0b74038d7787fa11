"""A CSV that is read in batches: the file is cut between two rows, and each piece is read by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile, islice
from pathlib import Path

import polars as pl

from keepfit.datasets.csv_file import may_be_ragged, require_columns_of, require_even_rows, told
from keepfit.datasets.csv_lines import csv_lines, mended_lines
from keepfit.datasets.header import read_header

_CHUNK_BYTES = 16 * 1024 * 1024
_LONGEST_TEXT_LINES = 1_000_000  # then the mark was never closed, which the reading tells


class CsvBatches:
    """A CSV that is read in batches of texts; a cell that is empty without quotation marks is null.

    Parameters
    ----------
    path
        The file.
    separator
        Its separator; found out when None.

    Raises
    ------
    DatasetError
        When it has no header that can be read.
    """

    holds_texts = True

    def __init__(self, path: Path, separator: str | None) -> None:
        self._path = path
        self._header = read_header(path, separator)
        self._lines = csv_lines(path)
        with told(path, self._header, pl.exceptions.PolarsError, OSError):
            first = self._parsed(next(self._blocks(1), b""), None)
        require_columns_of(self._header, first.columns, path)
        self.schema: Mapping[str, pl.DataType] = first.schema
        self.rows = max(_line_ends(path, b"\r" if self._lines.has_only_returns else b"\n") - 1, 0)

    def read(self, columns: Sequence[str], *, rows: int) -> Iterator[pl.DataFrame]:
        """Yield these columns, about so many rows at a time.

        Raises
        ------
        DatasetError
            When the file cannot be read on; at the end, when a row is shorter than the header.
        """
        names, is_ragged = None, False
        with told(self._path, self._header, pl.exceptions.PolarsError, OSError):
            for block in self._blocks(rows):
                frame = self._parsed(block, names)
                names, is_ragged = frame.columns, is_ragged or self._may_be_ragged(frame, block)
                yield frame.select(columns)
        if is_ragged:
            require_even_rows(self._path, self._header, None)

    def _blocks(self, count: int) -> Iterator[bytes]:
        lines = mended_lines(self._path, self._lines, len(self._header.names))
        return _blocks(dropwhile(_is_blank, lines), count)

    def _parsed(self, block: bytes, names: Sequence[str] | None) -> pl.DataFrame:
        """Return the rows of a block; the first one, whose names are not known, begins with the header."""
        schema = dict.fromkeys(names, pl.String) if names else None
        return pl.read_csv(
            block, separator=self._header.separator, has_header=not names, schema=schema, infer_schema=False
        )

    def _may_be_ragged(self, frame: pl.DataFrame, block: bytes) -> bool:
        """Whether some row may end early: its last cell is null then."""
        return frame.width > 1 and bool(frame[:, -1].null_count()) and may_be_ragged(block, self._header)


def _is_blank(line: bytes) -> bool:
    return not line.strip(b"\r\n")


def _blocks(lines: Iterator[bytes], count: int) -> Iterator[bytes]:
    """Yield the text of so many lines, and those that end a text in quotation marks which begins there."""
    while taken := list(islice(lines, count)):
        if b"".join(taken).count(b'"') % 2:
            for line in islice(lines, _LONGEST_TEXT_LINES):
                taken.append(line)
                if line.count(b'"') % 2:
                    break
        yield b"".join(taken)


def _line_ends(path: Path, mark: bytes) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(mark) for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""))
