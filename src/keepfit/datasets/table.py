"""Reading a table from a file: CSV or Parquet, with errors that say what to mend."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from keepfit.errors import DatasetError

MISSING_VALUES = ("", "NA", "NaN", "null")
_SEPARATORS = ",;\t|"
_SNIFFED_BYTES = 64 * 1024
_UTF8_BOM = b"\xef\xbb\xbf"


def read_table(
    path: Path, *, separator: str | None = None, missing_values: Sequence[str] = MISSING_VALUES
) -> pl.DataFrame:
    """Read a whole CSV or Parquet file.

    Parameters
    ----------
    path
        The file; its suffix says what it is.
    separator
        The CSV's separator; found out from its first lines when None.
    missing_values
        Texts of a CSV that mean: no value.

    Raises
    ------
    DatasetError
        When the file is absent, empty, ragged or otherwise unreadable, has no rows, or names a column twice.
    """
    if not path.is_file():
        raise DatasetError("no such file", where=str(path), hint="check [data] source in keepfit.toml")
    if path.stat().st_size == 0:
        raise DatasetError("the file is empty", where=str(path), hint="a header and rows are needed")
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        frame = _read_parquet(path)
    elif suffix in {".csv", ".tsv", ".txt"}:
        frame = _read_csv(path, separator, list(missing_values))
    else:
        raise DatasetError(
            f'cannot read "{suffix}" files', where=str(path), hint="accepted: .csv, .tsv, .txt, .parquet"
        )
    if frame.height == 0:
        raise DatasetError("there is a header, but no rows", where=str(path), hint="bring rows")
    return frame


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DatasetError(f"is not Parquet: {_first_line(error)}", where=str(path), hint="write it again") from error


def _read_csv(path: Path, separator: str | None, missing_values: list[str]) -> pl.DataFrame:
    header = _header(path, separator)
    separator = separator or header.separator
    twice = sorted({name for name in header.names if header.names.count(name) > 1})
    if twice:
        raise DatasetError(
            f'the header names "{twice[0]}" {header.names.count(twice[0])} times',
            where=str(path),
            hint="give every column a name of its own",
        )
    try:
        return pl.read_csv(path, separator=separator, null_values=missing_values, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        ragged = _first_ragged_row(path, separator, len(header.names))
        if ragged:
            number, found = ragged
            raise DatasetError(
                f"row {number} has {found} fields, the header has {len(header.names)}",
                where=str(path),
                hint=f'mend that row, or set [data] separator if it is not "{separator}"',
            ) from error
        raise DatasetError(
            f"cannot be read as CSV: {_first_line(error)}",
            where=str(path),
            hint="is it UTF-8, and the separator right?",
        ) from error


class _Header:
    """The first line of a CSV, and the separator that it is written with."""

    def __init__(self, names: list[str], separator: str) -> None:
        self.names = names
        self.separator = separator


def _header(path: Path, separator: str | None) -> _Header:
    with path.open("rb") as file:
        head = file.read(_SNIFFED_BYTES).removeprefix(_UTF8_BOM)
    try:
        lines = head.decode("utf-8", errors="strict" if len(head) < _SNIFFED_BYTES else "ignore").splitlines()
    except UnicodeDecodeError as error:
        said = f"is not UTF-8: byte {error.start} is 0x{head[error.start]:02x}"
        raise DatasetError(said, where=str(path), hint="save it as UTF-8; it may be Latin-1 now") from error
    first = lines[0] if lines else ""
    found = separator or max(_SEPARATORS, key=lambda mark: (first.count(mark), -_SEPARATORS.index(mark)))
    return _Header(next(csv.reader([first], delimiter=found), []), found)


def _first_ragged_row(path: Path, separator: str, width: int) -> tuple[int, int] | None:
    """Return the number (1 is the header) and the fields of the first row of another width."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for number, fields in enumerate(csv.reader(file, delimiter=separator), start=1):
            if fields and len(fields) != width:
                return number, len(fields)
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
