"""What columns say of each other: numbers by numbers, numbers by categories, and all by all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.evaluation import Estimate
from keepfit.exploration.associations import CodedColumn, contingency, cramers_v, rank_correlation, ranks_of

_LEAST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cramér's V of all pairs of columns, `(n, n)`."""

    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles and the mean of a number among some rows."""

    label: str
    rows: int
    low: float
    median: float
    high: float
    mean: float


@dataclass(frozen=True, slots=True)
class NumberByNumber:
    """How one number goes with another: rank correlation, and the second's spread by the levels of the first."""

    first: str
    second: str
    correlation: Estimate
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class NumberByCategory:
    """How a number differs by a category.

    Attributes
    ----------
    number, category
        The two columns.
    share_explained
        Share of the variance of the number's ranks between the categories (epsilon squared), from 0 to 1.
    spreads
        By category, the greatest median first; categories of few rows are left out.
    """

    number: str
    category: str
    share_explained: float
    spreads: tuple[Spread, ...]


def association_matrix(columns: Sequence[CodedColumn]) -> Matrix:
    """Return Cramér's V of each pair."""
    values = np.eye(len(columns))
    for (at, first), (to, second) in combinations(enumerate(columns), 2):
        values[at, to] = values[to, at] = cramers_v(contingency(first, second))
    return Matrix(tuple(column.name for column in columns), tuple(tuple(row) for row in values.tolist()))


def numbers_by_numbers(
    numbers: Mapping[str, NDArray[np.float64]], levels: Mapping[str, CodedColumn], *, most: int
) -> tuple[NumberByNumber, ...]:
    """Return the pairs of numbers with the strongest correlations, those first."""
    pairs = ((first, second) for first, second in combinations(numbers, 2))
    found = [(first, second, rank_correlation(numbers[first], numbers[second])) for first, second in pairs]
    found = [pair for pair in found if not np.isnan(pair[2].value)]
    found.sort(key=lambda pair: -abs(pair[2].value))
    return tuple(
        NumberByNumber(first, second, correlation, _spreads(numbers[second], levels[first]))
        for first, second, correlation in found[:most]
    )


def numbers_by_categories(
    numbers: Mapping[str, NDArray[np.float64]], categories: Sequence[CodedColumn], *, most: int
) -> tuple[NumberByCategory, ...]:
    """Return the numbers by categories that explain most of them, those first.

    References
    ----------
    Kelley, T. L. (1935). An unbiased correlation ratio measure. Proceedings of the National Academy of Sciences 21(9),
    554-559; here on ranks, as in the Kruskal-Wallis test.
    """
    found = []
    for name, values in numbers.items():
        ranks = np.full(len(values), np.nan)
        known = ~np.isnan(values)
        ranks[known] = ranks_of(values[known])
        found += [(_share_explained(ranks, category), name, category) for category in categories]
    found.sort(key=lambda pair: -pair[0])
    return tuple(
        NumberByCategory(name, category.name, share, _by_median(_spreads(numbers[name], category)))
        for share, name, category in found[:most]
    )


def _by_median(spreads: tuple[Spread, ...]) -> tuple[Spread, ...]:
    return tuple(sorted(spreads, key=lambda spread: -spread.median))


def numeric_values(frame: pl.DataFrame, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Return columns as float64 with NaN for missing."""
    return {name: frame[name].cast(pl.Float64).to_numpy() for name in names}


def _spreads(values: NDArray[np.float64], column: CodedColumn) -> tuple[Spread, ...]:
    found = []
    for code, label in enumerate(column.labels):
        rows = values[(column.codes == code) & ~np.isnan(values)]
        if len(rows) >= _LEAST_ROWS:
            low, median, high = np.quantile(rows, [0.25, 0.5, 0.75])
            found.append(Spread(label, len(rows), float(low), float(median), float(high), float(rows.mean())))
    return tuple(found)


def _share_explained(ranks: NDArray[np.float64], column: CodedColumn) -> float:
    """Return the share of the variance of ranks between the levels of a column, less what chance gives."""
    known = (column.codes >= 0) & ~np.isnan(ranks)
    ranks, codes = ranks[known], column.codes[known]
    counts = np.bincount(codes, minlength=len(column.labels))
    groups, rows = int((counts > 0).sum()), len(ranks)
    if groups < 2 or rows <= groups:  # noqa: PLR2004 - nothing to compare
        return 0.0
    deviations = ranks - ranks.mean()
    whole = float((deviations**2).sum())
    if not whole:
        return 0.0
    sums = np.bincount(codes, weights=deviations, minlength=len(column.labels))
    between = float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
    return max((between - (groups - 1) * (whole - between) / (rows - groups)) / whole, 0.0)
