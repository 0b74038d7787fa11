"""How much two columns tell of each other, whatever their kinds; and how two numbers go together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.categories import category_texts
from keepfit.datasets.columns import ColumnFacts, ColumnKind
from keepfit.evaluation import Estimate

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
_BINS = 10
_FEW_VALUES = 12
_MOST_LEVELS = 30
_RESAMPLES = 200
_TWO_SIDED = 1.959963984540054


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
    is_ordered
        Whether the levels are of a number.
    """

    name: str
    codes: Codes
    labels: tuple[str, ...]
    is_ordered: bool


def coded(series: pl.Series, facts: ColumnFacts) -> CodedColumn | None:
    """Return a column as levels: values where they are few, tenths of a number, the most frequent of a category.

    None for what has no levels to speak of: ids, texts, dates, empty and constant columns.
    """
    if facts.kind in (ColumnKind.ID, ColumnKind.TEXT, ColumnKind.DATE, ColumnKind.EMPTY) or facts.distinct < 2:  # noqa: PLR2004
        return None
    if facts.kind.is_numeric and facts.distinct > _FEW_VALUES:
        return _binned(series)
    texts = category_texts(series)
    if series.dtype.is_numeric() or facts.kind is ColumnKind.FLAG:
        known = series.fill_nan(None) if series.dtype.is_float() else series
        levels = category_texts(known.drop_nulls().unique().sort()).to_list()
    else:
        levels = texts.drop_nulls().value_counts(sort=True).to_series().head(_MOST_LEVELS).to_list()
    codes = {level: code for code, level in enumerate(levels)}
    rest = len(levels)
    found = texts.replace_strict(codes, default=rest, return_dtype=pl.Int64).fill_null(-1)
    found = found.set(texts.is_null(), -1)
    labels = (*levels, "others") if bool((found == rest).any()) else tuple(levels)
    return CodedColumn(series.name, found.to_numpy(), labels, facts.kind.is_numeric)


def cramers_v(table: Floats) -> float:
    """Return Cramér's V of a contingency table, corrected for its bias; 0 for no association, 1 for a full one.

    References
    ----------
    Bergsma, W. (2013). A bias-correction for Cramér's V and Tschuprow's T. Journal of the Korean Statistical Society
    42(3), 323-328.
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    total = table.sum()
    if min(table.shape) < 2 or total < 2:  # noqa: PLR2004 - nothing to associate
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    rows, columns = table.shape
    phi = float(((table - expected) ** 2 / expected).sum() / total) - (rows - 1) * (columns - 1) / (total - 1)
    smaller = min(rows - (rows - 1) ** 2 / (total - 1), columns - (columns - 1) ** 2 / (total - 1)) - 1
    return float(np.sqrt(min(max(phi, 0.0) / smaller, 1.0))) if smaller > 0 else 0.0


def contingency(first: CodedColumn, second: CodedColumn) -> Floats:
    """Count the rows by the levels of two columns, `(n_levels, n_levels)`; rows that lack either are left out."""
    known = (first.codes >= 0) & (second.codes >= 0)
    width = len(second.labels)
    cells = np.bincount(first.codes[known] * width + second.codes[known], minlength=len(first.labels) * width)
    return cells.reshape(len(first.labels), width).astype(np.float64)


def association(table: Floats, *, seed: int) -> Estimate:
    """Return bias-corrected Cramér's V with its 95 % interval over tables drawn with the same shares."""
    value, total = cramers_v(table), int(table.sum())
    if not total:
        return Estimate(0.0, 0.0, 0.0)
    draws = np.random.default_rng(seed).multinomial(total, (table / total).ravel(), _RESAMPLES)
    found = np.array([cramers_v(draw.reshape(table.shape).astype(np.float64)) for draw in draws])
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(value, min(float(low), value), max(float(high), value))


def rank_area(values: Floats, labels: NDArray[np.int8]) -> Estimate:
    """Return the chance that a positive row has the greater value (ROC AUC of the column alone), with a 95 % interval.

    References
    ----------
    Hanley, J. A. and McNeil, B. J. (1982). The meaning and use of the area under a receiver operating characteristic
    (ROC) curve. Radiology 143(1), 29-36.
    """
    known = ~np.isnan(values)
    values, labels = values[known], labels[known]
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return Estimate(np.nan, np.nan, np.nan)
    ranks = ranks_of(values)
    area = (float(ranks[labels == 1].sum()) - positives * (positives + 1) / 2) / (positives * negatives)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    error = float(np.sqrt(max(spread, 0.0) / (positives * negatives)))
    return Estimate(area, max(area - _TWO_SIDED * error, 0.0), min(area + _TWO_SIDED * error, 1.0))


def rank_correlation(first: Floats, second: Floats) -> Estimate:
    """Return Spearman's rank correlation with its 95 % interval.

    References
    ----------
    Bonett, D. G. and Wright, T. A. (2000). Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations. Psychometrika 65, 23-28.
    """
    known = ~(np.isnan(first) | np.isnan(second))
    if known.sum() < 4 or np.ptp(first[known]) == 0 or np.ptp(second[known]) == 0:  # noqa: PLR2004 - no correlation
        return Estimate(np.nan, np.nan, np.nan)
    value = float(np.corrcoef(ranks_of(first[known]), ranks_of(second[known]))[0, 1])
    middle = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    reach = _TWO_SIDED * np.sqrt((1 + value**2 / 2) / (known.sum() - 3))
    return Estimate(value, float(np.tanh(middle - reach)), float(np.tanh(middle + reach)))


def ranks_of(values: Floats) -> Floats:
    """Return ranks from 1, equal values with their mean rank."""
    return pl.Series(values).rank("average").to_numpy()


def _binned(series: pl.Series) -> CodedColumn:
    """Cut a number at its tenths, fewer where values repeat."""
    values = series.cast(pl.Float64).to_numpy()
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.arange(1, _BINS) / _BINS, method="inverted_cdf"))
    codes = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="left"))
    is_whole = bool((known == np.round(known)).all())
    inner = [_range(low, high, is_whole=is_whole) for low, high in pairwise(edges.tolist())]
    labels = (f"up to {edges[0]:.6g}", *inner, f"above {edges[-1]:.6g}")
    return CodedColumn(series.name, codes.astype(np.int64), labels, is_ordered=True)


def _range(low: float, high: float, *, is_whole: bool) -> str:
    """Name the values above one edge and up to the next; of whole numbers the first and the last of them."""
    if is_whole and high - low == 1:
        return f"{high:.6g}"
    return f"{low + is_whole:.6g} to {high:.6g}"
