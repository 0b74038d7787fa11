"""Columns of dates, as days since 1970-01-01: texts of one format, or a type of dates."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from keepfit.date_text import date_reader, date_text
from keepfit.number_text import BLANKS

_TEXTS = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True, slots=True)
class Dates:
    """The days that a column holds.

    Attributes
    ----------
    days
        Int32; null where there is no value, or none that is a date.
    is_wrong
        Which rows hold a value that is no date of the format.
    """

    days: pl.Series
    is_wrong: pl.Series


def holds_dates(dtype: pl.DataType) -> bool:
    """Whether the values of a type are dates, with a time of day or without."""
    return dtype == pl.Date or isinstance(dtype, pl.Datetime)


def may_write_dates(dtype: pl.DataType) -> bool:
    """Whether the values of a type may be dates once their format is known: texts, and whole numbers as in 20160428."""
    return dtype in _TEXTS or dtype.is_integer()


def dates_in(series: pl.Series, form: str) -> Dates:
    """Read a column as the door reads each of its values; a blank text is missing, a time of day is cut off.

    Parameters
    ----------
    series
        A column, after its cleaning.
    form
        The format of its texts; a type of dates has none.
    """
    if holds_dates(series.dtype):
        days = (series if series.dtype == pl.Date else series.dt.date()).cast(pl.Int32)
        return Dates(days, pl.repeat(value=False, n=series.len(), eager=True))
    if not may_write_dates(series.dtype):
        known = series.fill_nan(None) if series.dtype.is_float() else series
        return Dates(pl.repeat(None, series.len(), dtype=pl.Int32, eager=True), known.is_not_null())
    texts = series.cast(pl.String)
    read = date_reader(form)
    different = texts.drop_nulls().unique()
    found = {text: read(text) for text in different}
    days = texts.replace_strict(found, default=None, return_dtype=pl.Int32)
    is_known = texts.is_not_null() & (texts.str.strip_chars(BLANKS) != "")
    return Dates(days.alias(series.name), (is_known & days.is_null()).fill_null(value=False))


def written_dates(series: pl.Series, form: str) -> pl.Series:
    """Return dates as texts of a format; a column of another type as it is, whole numbers as texts."""
    if not holds_dates(series.dtype):
        return series.cast(pl.String) if series.dtype.is_integer() else series
    days = dates_in(series, form).days
    found = {day: date_text(day, form) for day in days.drop_nulls().unique()}
    return days.replace_strict(found, default=None, return_dtype=pl.String).alias(series.name)
