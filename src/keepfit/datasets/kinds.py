"""What the values of a column are: to a model, and to a reader."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from keepfit.datasets.date_formats import are_dates
from keepfit.datasets.dates import dates_in, holds_dates, may_write_dates
from keepfit.datasets.numbers import stripped
from keepfit.project.data_section import DataSection
from keepfit.signature import Kind

_MOST_CATEGORIES = 100
_LONGEST_CATEGORY = 60
_NEAR_UNIQUE = 0.95
_MOST_CODES = 5
_LEAST_IDS = 50
_LEAST_NUMERALS = 13
_LOOKED_AT_TEXTS = 1000
_NUMERAL = r"^[-+]?[0-9]*([.,][0-9]{3})*[.,]?[0-9]+$"
_FRACTION = r"[.,][0-9]+$"


class ColumnKind(StrEnum):
    """What the values of a column are, as a reader would say; wider than the kinds that a model takes."""

    INTEGER = "integer"
    NUMBER = "number"
    CATEGORY = "category"
    FLAG = "flag"
    DATE = "date"
    ID = "id"
    TEXT = "text"
    NUMERAL = "number as text"
    EMPTY = "empty"

    @property
    def is_numeric(self) -> bool:
        """Whether values are compared by size."""
        return self in (ColumnKind.INTEGER, ColumnKind.NUMBER)


def known_values(series: pl.Series) -> pl.Series:
    """Return the values of a column that are not missing; NaN is."""
    return series.fill_nan(None).drop_nulls() if series.dtype.is_float() else series.drop_nulls()


def declared_kind(name: str, section: DataSection) -> Kind | None:
    """Return the kind that a project declares of a column, None where it says nothing."""
    implied = Kind.DATE if name in section.dates else Kind.CATEGORY if name in section.categories else None
    return section.kinds.get(name) or implied


def inferred_kind(series: pl.Series) -> Kind | None:
    """Return what a model takes the values of a column for; None for times and durations, which it does not take.

    Texts are categories here, whatever they say: which of them are dates, `infer_signature` finds out.
    """
    dtype = series.dtype
    if dtype == pl.Boolean:
        return Kind.FLAG
    if dtype.is_temporal():
        return Kind.DATE if holds_dates(dtype) else None
    if not dtype.is_numeric():
        return Kind.CATEGORY
    known = known_values(series)
    is_whole = dtype.is_integer() or (known.len() > 0 and bool((known == known.round()).all()))
    return Kind.INTEGER if is_whole else Kind.NUMBER


def wrong_values(series: pl.Series, kind: Kind, form: str = "") -> pl.Series:
    """Return which rows hold a value that is not of a kind; a missing value is of every kind.

    Of dates whose format is not known, only the type is looked at.
    """
    if kind is Kind.DATE:
        is_left_open = not form and may_write_dates(series.dtype)
        return pl.Series([], dtype=pl.Boolean) if is_left_open else dates_in(series, form).is_wrong
    if kind is Kind.CATEGORY or (kind is Kind.FLAG and series.dtype == pl.Boolean):
        return pl.Series([], dtype=pl.Boolean)
    if kind is Kind.FLAG or not (series.dtype.is_numeric() or series.dtype == pl.String):
        return series.is_not_null()
    numbers = series.cast(pl.Float64, strict=False)
    if series.dtype == pl.String:  # the first text that is no number, or just the first when all are numbers in quotes
        no_numbers = series.is_not_null() & numbers.is_null()
        return no_numbers if no_numbers.any() else series.is_not_null()
    wrong = numbers.is_infinite()
    if kind is Kind.INTEGER:
        wrong = wrong | (numbers.fill_nan(None) != numbers.round())
    return wrong.fill_null(value=False)


def column_kind(series: pl.Series, distinct: int, declared: Kind | None = None) -> ColumnKind:
    """Return what the values of a column are to a reader.

    Parameters
    ----------
    series
        The column.
    distinct
        How many different values it has.
    declared
        What the project calls it, which holds where its values can be that.
    """
    known = known_values(series)
    if not known.len():
        return ColumnKind.EMPTY
    if declared and not wrong_values(series, declared).any():
        return ColumnKind(declared.value)
    kind = inferred_kind(known)
    if kind in (None, Kind.DATE):
        return ColumnKind.DATE
    if kind is Kind.CATEGORY:
        return _text_kind(known.cast(pl.String), distinct)
    return ColumnKind.FLAG if kind is Kind.FLAG else _number_kind(known, kind, distinct)


def _number_kind(known: pl.Series, kind: Kind, distinct: int) -> ColumnKind:
    if kind is Kind.NUMBER or not bool(known.is_finite().all() if known.dtype.is_float() else True):
        return ColumnKind(kind.value)
    low, high = int(known.min() or 0), int(known.max() or 0)  # type: ignore[arg-type]
    if known.dtype.is_integer():
        if 0 <= low <= high <= 1:
            return ColumnKind.FLAG
        if distinct <= _MOST_CODES and low in (0, 1) and high - low + 1 == distinct:  # they follow each other
            return ColumnKind.CATEGORY
    is_counter = known.len() >= _LEAST_IDS and distinct == known.len() and high - low + 1 <= 2 * distinct
    return ColumnKind.ID if is_counter else ColumnKind.INTEGER


def _text_kind(texts: pl.Series, distinct: int) -> ColumnKind:
    if are_dates(texts.head(_LOOKED_AT_TEXTS)):
        return ColumnKind.DATE
    if distinct >= _LEAST_NUMERALS and _are_numerals(stripped(texts.head(_LOOKED_AT_TEXTS))):
        return ColumnKind.NUMERAL
    lengths = texts.str.len_chars()
    if texts.len() >= _LEAST_IDS and distinct >= _NEAR_UNIQUE * texts.len():
        return ColumnKind.ID if (lengths.max() or 0) <= _LONGEST_CATEGORY else ColumnKind.TEXT  # type: ignore[operator]
    is_long = distinct > _MOST_CATEGORIES and (lengths.mean() or 0.0) > _LONGEST_CATEGORY / 2  # type: ignore[operator]
    return ColumnKind.TEXT if is_long else ColumnKind.CATEGORY


def _are_numerals(bare: pl.Series) -> bool:
    """Whether most texts are numbers, some of them with a fraction: prices and measurements rather than codes."""
    numerals = bare.filter(bare.str.contains(_NUMERAL))
    return 2 * numerals.len() > bare.len() and bool(numerals.str.contains(_FRACTION).any())
