"""Reading a table from a file: CSV or Parquet, with errors that say what to mend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from keepfit.datasets.cause import cause_of
from keepfit.datasets.csv_file import CsvForm, read_csv
from keepfit.errors import DatasetError
from keepfit.missing_text import MISSING_VALUES

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
    require_file(path)
    suffix = path.suffix.lower()
    is_csv = suffix in CSV_SUFFIXES
    frame = read_csv(path, CsvForm(separator, tuple(missing_values))) if is_csv else _read_parquet(path)
    if frame.height == 0:
        raise DatasetError("there is a header, but no rows", where=str(path), hint="bring rows")
    return frame


def require_file(path: Path) -> None:
    """Refuse a path that leads to no table.

    Raises
    ------
    DatasetError
        When the file is absent, empty, or of another format.
    """
    if not path.is_file():
        raise DatasetError("no such file", where=str(path), hint="check [data] source in keepfit.toml")
    if path.stat().st_size == 0:
        raise DatasetError("the file is empty", where=str(path), hint="a header and rows are needed")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        said = f"cannot read {suffix} files" if suffix else "cannot read a file without a suffix"
        raise DatasetError(said, where=str(path), hint=f"accepted: {', '.join(SUFFIXES)}")


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DatasetError(f"is not Parquet: {cause_of(error)}", where=str(path), hint="write it again") from error
