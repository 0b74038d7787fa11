"""A CSV as a table: read whole, or written as Parquet row by row; with errors that say what to mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from keepfit.datasets.cause import cause_of
from keepfit.datasets.csv_lines import csv_lines, mended, write_mended
from keepfit.datasets.csv_types import column_types
from keepfit.datasets.encoding import misfit_of
from keepfit.datasets.header import Header, first_misquoted_line, first_odd_line, first_ragged_line, read_header
from keepfit.errors import DatasetError

_NO_SEPARATOR = "\x01"


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How a CSV is written: its separator where one is declared, and the texts that mean no value."""

    separator: str | None
    missing_values: Sequence[str]


def read_csv(path: Path, form: CsvForm) -> pl.DataFrame:
    """Read a CSV that is not empty; types are inferred from all of its rows.

    A blank line is no row; in a file of one column it is a row without a value.

    Raises
    ------
    DatasetError
        When it cannot be read, is ragged, or names a column twice.
    """
    header = read_header(path, form.separator)
    lines = csv_lines(path)
    source = mended(path, lines, len(header.names)) if lines.needs_mending(len(header.names)) else path
    with told(path, header, pl.exceptions.PolarsError, OSError):
        options = _options(header, form)
        types = _types(path, source, header, options)
        frame = pl.read_csv(source, schema_overrides=types, infer_schema=False, glob=False, **options)
    _require_whole_rows(path, source, header, frame.lazy())
    return frame


def write_csv_as_parquet(path: Path, target: Path, form: CsvForm) -> None:
    """Write the table of a CSV as Parquet, the same as `read_csv` gives, in memory that does not grow with its rows.

    Raises
    ------
    DatasetError
        See `read_csv`.
    OSError
        When the Parquet cannot be written.
    """
    header = read_header(path, form.separator)
    lines = csv_lines(path)
    source, scratch = path, target.with_name(f"{target.name}.csv")
    try:
        if lines.needs_mending(len(header.names)):
            write_mended(path, scratch, lines, len(header.names))
            source = scratch
        with told(path, header, pl.exceptions.PolarsError):
            options = _options(header, form)
            types = _types(path, source, header, options)
            rows = pl.scan_csv(source, schema_overrides=types, infer_schema=False, glob=False, **options)
            rows.sink_parquet(target)
        _require_whole_rows(path, source, header, pl.scan_parquet(target, glob=False))
    finally:
        scratch.unlink(missing_ok=True)


def _types(path: Path, source: Path | bytes, header: Header, options: dict[str, Any]) -> dict[str, pl.DataType]:
    """Return the types of the header's columns; where polars finds other columns, the file has mixed line ends."""
    types = column_types(source, options)
    require_columns_of(header, list(types), path)
    return types


def require_columns_of(header: Header, found: Sequence[str], path: Path) -> None:
    """Refuse a file whose header polars cuts otherwise, as its lines end in different ways."""
    if len(found) != len(header.names) and any("\r" in name for name in found):
        raise DatasetError(
            "its lines end in different ways: some in a carriage return alone",
            where=str(path),
            hint="save it with one kind of line ends",
        )


def _options(header: Header, form: CsvForm) -> dict[str, Any]:
    return {"separator": header.separator, "null_values": list(form.missing_values)}


@contextmanager
def told(path: Path, header: Header, *failures: type[Exception]) -> Iterator[None]:
    """Say what to mend when polars cannot read the file: its encoding, the row that does not fit, else its own word."""
    try:
        yield
    except failures as error:
        if misfit := misfit_of(path):
            raise misfit.error(path) from error
        _require_closed_marks(first_misquoted_line(path, header), path, error)
        require_even_rows(path, header, error)
        _require_closed_marks(first_odd_line(path), path, error)
        raise DatasetError(
            f"cannot be read as CSV: {cause_of(error)}",
            where=str(path),
            hint="is the separator right?",
        ) from error


def _require_closed_marks(line: int | None, path: Path, cause: Exception) -> None:
    if line is not None:
        raise DatasetError(
            f"line {line} has a quotation mark that is not closed where its text ends",
            where=str(path),
            hint='close it; a text with a mark in it is quoted, and the mark written twice: "5"" disk"',
        ) from cause


def _require_whole_rows(path: Path, source: Path | bytes, header: Header, table: pl.LazyFrame) -> None:
    """Refuse a row that ends early: polars fills it with nulls, so the last column shows whether there can be one."""
    last = table.select(pl.nth(-1).null_count()).collect(engine="streaming").item() if len(header.names) > 1 else 0
    if last and may_be_ragged(source, header):
        require_even_rows(path, header, None)


def may_be_ragged(source: Path | bytes, header: Header) -> bool:
    """Whether some line has another number of separators than the header; one within quotation marks counts too."""
    try:
        lines = pl.scan_csv(
            source, separator=_NO_SEPARATOR, quote_char=None, has_header=False, infer_schema=False, glob=False
        )
        marks = pl.nth(0).str.count_matches(header.separator, literal=True)
        return bool(lines.select((marks != len(header.names) - 1).any()).collect(engine="streaming").item())
    except pl.exceptions.PolarsError:  # the character that no line should hold is there: look closer
        return True


def require_even_rows(path: Path, header: Header, cause: Exception | None) -> None:
    """Refuse a file with a row of another width than its header."""
    ragged = first_ragged_line(path, header)
    if ragged:
        line, fields = ragged
        raise DatasetError(
            f"line {line} has {fields} fields, the header has {len(header.names)}",
            where=str(path),
            hint=f"mend that line, or set [data] separator if it is not {header.separator!r}",
        ) from cause
