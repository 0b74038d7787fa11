"""How likely a result is by chance alone, and what many tests at once do to that; SciPy is not needed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats

TWO_SIDED = 1.959963984540054  # the normal's quantile at 97.5 %, for intervals of 95 %
_LEAST_EXPECTED = 5.0
_CERTAIN = 0.2  # below it Kolmogorov's series is 1 to ten digits, and slow to say so


def chi_square_tail(statistic: float, degrees: int) -> float:
    """Return the chance that a chi-square of so many degrees of freedom is at least as great as a statistic.

    References
    ----------
    Abramowitz, M. and Stegun, I. A. (1964). Handbook of Mathematical Functions, formulas 26.4.4 and 26.4.5.
    """
    half, is_odd = statistic / 2, degrees % 2
    if degrees < 1 or not half > 0:
        return 1.0
    total = math.erfc(math.sqrt(half)) if is_odd else 0.0
    for step in range(degrees // 2):
        power = step + is_odd / 2
        total += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
    return min(total, 1.0)


def pearson_statistic(table: Floats) -> tuple[float, int]:
    """Return Pearson's statistic of a table, and its degrees of freedom; both are 0 where nothing can be compared.

    Levels of which fewer than five are expected somewhere are pooled, the rarest first.

    Parameters
    ----------
    table
        Counts, `(n_levels, n_groups)`.

    References
    ----------
    Cochran, W. G. (1954). Some methods for strengthening the common chi-square tests. Biometrics 10(4), 417-451.
    """
    table = pooled(table[:, table.sum(axis=0) > 0])
    if min(table.shape) < 2:  # noqa: PLR2004 - nothing to compare
        return 0.0, 0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return statistic, (table.shape[0] - 1) * (table.shape[1] - 1)


def pearson_p(table: Floats) -> float:
    """Return the p-value of Pearson's test that the levels of a table have the same shares; see `pearson_statistic`."""
    return chi_square_tail(*pearson_statistic(table))


def pooled(table: Floats) -> Floats:
    """Pool the levels of a table of counts, the rarest first, until five are expected in each cell of what is left.

    Parameters
    ----------
    table
        Counts, `(n_levels, n_groups)`.
    """
    totals = table.sum(axis=1)
    levels = [table[at] for at in np.argsort(totals, kind="stable") if totals[at] > 0]
    shares = table.sum(axis=0) / table.sum()
    while len(levels) > 1 and (levels[0].sum() * shares).min() < _LEAST_EXPECTED:
        levels = sorted([levels[0] + levels[1], *levels[2:]], key=lambda level: float(level.sum()))
    return np.array(levels).reshape(len(levels), table.shape[1])


def kolmogorov_tail(distance: float, rows: float, other_rows: float) -> float:
    """Return the chance that two samples of one distribution are at least so far apart (Kolmogorov-Smirnov, two-sided).

    Parameters
    ----------
    distance
        Largest difference of their distribution functions.
    rows, other_rows
        Their sizes.

    References
    ----------
    Stephens, M. A. (1970). Use of the Kolmogorov-Smirnov, Cramér-von Mises and related statistics without extensive
    tables. Journal of the Royal Statistical Society B 32(1), 115-122.
    """
    root = math.sqrt(rows * other_rows / (rows + other_rows))
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < _CERTAIN:
        return 1.0
    tail = sum((1 if term % 2 else -1) * math.exp(-2 * (term * scaled) ** 2) for term in range(1, 101))
    return min(max(2 * tail, 0.0), 1.0)


def fisher_p(hits: int, rows: int, other_hits: int, other_rows: int) -> float:
    """Return the two-sided p-value of Fisher's exact test that two samples have the same rate of hits.

    References
    ----------
    Fisher, R. A. (1922). On the interpretation of χ² from contingency tables, and the calculation of P. Journal of the
    Royal Statistical Society 85(1), 87-94.
    """
    every = hits + other_hits
    possible = np.arange(max(0, every - other_rows), min(rows, every) + 1)
    logs = _log_choices(rows, possible) + _log_choices(other_rows, every - possible)
    chances = np.exp(logs - logs.max())
    observed = chances[hits - possible[0]]
    return float(chances[chances <= observed * (1 + 1e-9)].sum() / chances.sum())


def _log_choices(whole: int, parts: NDArray[np.int64]) -> Floats:
    """Return the logarithm of the number of ways to choose so many of a whole."""
    return np.array([math.lgamma(whole + 1) - math.lgamma(n + 1) - math.lgamma(whole - n + 1) for n in parts.tolist()])


def holm(p_values: Sequence[float]) -> list[float]:
    """Return adjusted p-values: comparing each with a level keeps the rate of any false alarm at that level.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2),
    65-70.
    """
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted = [0.0] * len(p_values)
    greatest = 0.0
    for rank, at in enumerate(order):
        greatest = max(greatest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = greatest
    return adjusted
