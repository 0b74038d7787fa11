"""When each row was: the order that a split by time goes by."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.date_formats import found_formats
from keepfit.datasets.dates import dates_in, holds_dates
from keepfit.datasets.names import nearest_column
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

_WHERE = "keepfit.toml: [split] time"


def row_times(frame: pl.DataFrame, name: str, section: DataSection) -> NDArray[np.int64]:
    """Return a number for each row, `(n_rows,)`: greater for later rows, equal for those of the same time.

    Parameters
    ----------
    frame
        The table.
    name
        A column of numbers or dates.
    section
        With the format of its dates, if it is declared.

    Raises
    ------
    DatasetError
        When there is no such column, a row lacks a time, or the values are neither numbers nor dates of one format.
    """
    if name not in frame.columns:
        raise DatasetError(f'no such column "{name}"', where=_WHERE, hint=nearest_column(name, frame.columns))
    if frame[name].null_count() == frame.height:
        raise DatasetError("has no value", where=f"{_WHERE} = {name}", hint="choose another column")
    times = _ordered(frame[name], section)
    if times.null_count():
        row = int(times.is_null().arg_max() or 0)
        raise DatasetError(
            f"{times.null_count()} rows have no time, the first of them row {row + 1}",
            where=f"{_WHERE} = {name}",
            hint="drop these rows, or choose another column",
        )
    return times.rank("dense").to_numpy().astype(np.int64)


def _ordered(column: pl.Series, section: DataSection) -> pl.Series:
    """Return values that are greater for later rows; null where there is none."""
    if column.dtype.is_float():
        return column.fill_nan(None)
    form = section.dates.get(column.name)
    if form is None and (column.dtype.is_integer() or holds_dates(column.dtype)):
        return column
    texts = column.cast(pl.String)
    formats = [form] if form else found_formats(texts)
    if len(formats) != 1:
        raise DatasetError(
            f"the values, as {texts.drop_nulls()[0]!r}, are neither numbers nor dates of one format",
            where=f"{_WHERE} = {column.name}",
            hint=f'say how they are written: [data.dates] {column.name} = "%d-%m-%Y"',
        )
    found = dates_in(column, formats[0])
    if found.is_wrong.any():
        row = int(found.is_wrong.arg_max() or 0)
        raise DatasetError(
            f"row {row + 1} holds {column[row]!r}, which is no date of the format {formats[0]}",
            where=f"{_WHERE} = {column.name}",
            hint="correct the row, or the format in [data] dates",
        )
    return found.days
