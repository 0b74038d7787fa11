"""What columns say of each other: numbers by numbers, numbers by categories, and all by all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from keepfit.chance import holm
from keepfit.exploration.associations import (
    Tested,
    contingency,
    corrected,
    cramers_v,
    rank_correlation,
    rank_p,
    ranks_of,
)
from keepfit.exploration.levels import LEAST_ROWS, CodedColumn


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
    """How one number goes with another.

    Attributes
    ----------
    first, second
        The two columns.
    correlation
        Of their ranks; its p-value holds for all pairs at once.
    spreads
        The second's spread by the levels of the first.
    """

    first: str
    second: str
    correlation: Tested
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
    p_value
        Of the Kruskal-Wallis test; it holds for all pairs at once.
    spreads
        By category, the greatest median first; categories of few rows, and the rarest, are left out.
    """

    number: str
    category: str
    share_explained: float
    p_value: float
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
    pairs = list(combinations(numbers, 2))
    tests = corrected([rank_correlation(numbers[first], numbers[second]) for first, second in pairs])
    found = [(*pair, test) for pair, test in zip(pairs, tests, strict=True) if not np.isnan(test.value)]
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
        found += [(name, category, *_explained(ranks, category)) for category in categories]
    p_values = holm([p_value for *_, p_value in found])
    ordered = sorted(zip(found, p_values, strict=True), key=lambda pair: -pair[0][2])
    return tuple(
        NumberByCategory(name, category.name, share, p_value, _by_median(_spreads(numbers[name], category)))
        for (name, category, share, _), p_value in ordered[:most]
    )


def _by_median(spreads: tuple[Spread, ...]) -> tuple[Spread, ...]:
    return tuple(sorted(spreads, key=lambda spread: -spread.median))


def _spreads(values: NDArray[np.float64], column: CodedColumn) -> tuple[Spread, ...]:
    found = []
    labels = column.labels[:-1] if column.has_rest else column.labels
    for code, label in enumerate(labels):
        rows = values[(column.codes == code) & ~np.isnan(values)]
        if len(rows) >= LEAST_ROWS:
            low, median, high = np.quantile(rows, [0.25, 0.5, 0.75])
            found.append(Spread(label, len(rows), float(low), float(median), float(high), float(rows.mean())))
    return tuple(found)


def _explained(ranks: NDArray[np.float64], column: CodedColumn) -> tuple[float, float]:
    """Return the share of the variance of ranks between the levels of a column, less what chance gives; and its p."""
    known = (column.codes >= 0) & ~np.isnan(ranks)
    ranks, codes = ranks[known], column.codes[known]
    counts = np.bincount(codes, minlength=len(column.labels))
    groups, rows = int((counts > 0).sum()), len(ranks)
    if groups < 2 or rows <= groups:  # noqa: PLR2004 - nothing to compare
        return 0.0, 1.0
    deviations = ranks - ranks.mean()
    whole = float((deviations**2).sum())
    if not whole:
        return 0.0, 1.0
    sums = np.bincount(codes, weights=deviations, minlength=len(column.labels))
    between = float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
    share = (between - (groups - 1) * (whole - between) / (rows - groups)) / whole
    return max(share, 0.0), rank_p(between, whole, rows, groups - 1)
