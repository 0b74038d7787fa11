"""A column as levels: values where they are few, tenths of a number, the most frequent of a category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.datasets import ColumnFacts, ColumnKind, category_texts

Codes = NDArray[np.int64]
LEAST_ROWS = 20  # of a level that is compared with others
_BINS = 10
_FEW_VALUES = 12
_MOST_LEVELS = 30
_WITHOUT_LEVELS = (ColumnKind.ID, ColumnKind.TEXT, ColumnKind.NUMERAL, ColumnKind.DATE, ColumnKind.EMPTY)
_YEARS = (1800, 2100)  # written without a comma
_LONG, _EXACT = 1e6, 1e15  # from the one on no fraction is shown, up to the other all digits are


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """A column as levels.

    Attributes
    ----------
    name
        The column.
    codes
        Level of each row from 0, -1 for a missing value, `(n_rows,)`.
    labels
        Names of the levels; of a number their ranges, ascending.
    has_rest
        Whether the last level is no value of its own, but all that are too rare for one.
    """

    name: str
    codes: Codes
    labels: tuple[str, ...]
    has_rest: bool = False


def coded(series: pl.Series, facts: ColumnFacts) -> CodedColumn | None:
    """Return a column as levels; None for what has none to speak of: ids, texts, dates, empty and constant columns."""
    if facts.kind in _WITHOUT_LEVELS:
        return None
    texts = category_texts(series)
    counts = texts.drop_nulls().value_counts(name="rows").sort("rows", series.name, descending=[True, False])
    if counts.height < 2:  # noqa: PLR2004 - constant
        return None
    if facts.kind.is_numeric and counts.height > _FEW_VALUES:
        return _binned(series)
    levels = counts.to_series().head(_MOST_LEVELS).to_list()
    if series.dtype.is_numeric():
        levels.sort(key=float)
    elif facts.kind is ColumnKind.FLAG:
        levels.sort()
    rarer = counts.height - len(levels)
    codes = {level: code for code, level in enumerate(levels)}
    found = texts.replace_strict(codes, default=len(levels), return_dtype=pl.Int64).set(texts.is_null(), -1)
    labels = (*levels, f"{rarer} rarer ones") if rarer else tuple(levels)
    return CodedColumn(series.name, found.to_numpy(), labels, has_rest=rarer > 0)


def finite_values(series: pl.Series) -> Floats:
    """Return a number's values as float64, NaN where there is none, or no finite one."""
    values = series.cast(pl.Float64)
    return values.set(values.is_infinite(), None).to_numpy()


def _binned(series: pl.Series) -> CodedColumn:
    """Cut a number at its tenths, fewer where values repeat."""
    values = series.cast(pl.Float64).to_numpy()
    known = np.sort(values[~np.isnan(values)])
    edges = np.unique(np.quantile(known, np.arange(1, _BINS) / _BINS, method="inverted_cdf"))
    edges = edges[edges < known[-1]]
    if not len(edges):
        edges = known[known < known[-1]][-1:]
    codes = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="left"))
    parts = np.split(known, np.searchsorted(known, edges, side="right"))
    return CodedColumn(series.name, codes.astype(np.int64), tuple(_labels(parts, edges)))


def _labels(parts: Sequence[Floats], edges: Floats) -> Iterator[str]:
    """Name the values of each bin: one by itself, those of an outer bin by where they end or begin."""
    low, high = parts[0][0], parts[-1][-1]
    are_years = _YEARS[0] <= low <= high <= _YEARS[1] and all(bool((part == np.round(part)).all()) for part in parts)
    for at, part in enumerate(parts):
        first, last = (_text(float(value), "" if are_years else ",") for value in (part[0], part[-1]))
        if first == last:
            yield first
        elif at == 0:
            yield f"up to {last}"
        elif at < len(edges):
            yield f"{first} to {last}"
        else:
            yield f"above {_text(float(edges[-1]), '' if are_years else ',')}"


def _text(value: float, comma: str) -> str:
    is_long = abs(value) < _EXACT and (value.is_integer() or abs(value) >= _LONG)
    return f"{value:{comma}.0f}" if is_long else f"{value:{comma}.6g}"
