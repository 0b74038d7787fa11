"""Reading a table from a file: CSV or Parquet, with errors that say what to mend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from keepfit.datasets.header import Header, first_ragged_line, read_header
from keepfit.errors import DatasetError
from keepfit.project.declaration import MISSING_VALUES

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
SUFFIXES = (*CSV_SUFFIXES, ".parquet")


def read_table(
    path: Path, *, separator: str | None = None, missing_values: Sequence[str] = MISSING_VALUES
) -> pl.DataFrame:
    """Read a whole CSV or Parquet file; types are inferred from all of its rows.

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
    if suffix not in SUFFIXES:
        said = f"cannot read {suffix} files" if suffix else "cannot read a file without a suffix"
        raise DatasetError(said, where=str(path), hint=f"accepted: {', '.join(SUFFIXES)}")
    frame = _read_csv(path, separator, list(missing_values)) if suffix in CSV_SUFFIXES else _read_parquet(path)
    if frame.height == 0:
        raise DatasetError("there is a header, but no rows", where=str(path), hint="bring rows")
    return frame


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DatasetError(f"is not Parquet: {_first_line(error)}", where=str(path), hint="write it again") from error


def _read_csv(path: Path, separator: str | None, missing_values: list[str]) -> pl.DataFrame:
    header = read_header(path, separator)
    try:
        frame = pl.read_csv(path, separator=header.separator, null_values=missing_values, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        _require_even_rows(path, header, error)
        raise DatasetError(
            f"cannot be read as CSV: {_first_line(error)}",
            where=str(path),
            hint="is it UTF-8, and the separator right?",
        ) from error
    if frame.width > 1 and frame.to_series(-1).null_count():  # polars fills a row that ends early with nulls
        _require_even_rows(path, header, None)
    return frame


def _require_even_rows(path: Path, header: Header, cause: Exception | None) -> None:
    ragged = first_ragged_line(path, header)
    if ragged:
        line, fields = ragged
        raise DatasetError(
            f"line {line} has {fields} fields, the header has {len(header.names)}",
            where=str(path),
            hint=f"mend that line, or set [data] separator if it is not {header.separator!r}",
        ) from cause


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
