"""How likely a result is by chance alone, and what many tests at once do to that; SciPy is not needed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TWO_SIDED = 1.959963984540054  # the normal's quantile at 97.5 %, for intervals of 95 %
_LEAST_EXPECTED = 5.0


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


def pearson_p(table: Floats) -> float:
    """Return the p-value of Pearson's test that the levels of a table have the same shares.

    Levels of which fewer than five are expected somewhere are pooled, the rarest first.

    Parameters
    ----------
    table
        Counts, `(n_levels, n_groups)`.

    References
    ----------
    Cochran, W. G. (1954). Some methods for strengthening the common chi-square tests. Biometrics 10(4), 417-451.
    """
    table = _pooled(table[:, table.sum(axis=0) > 0])
    if min(table.shape) < 2:  # noqa: PLR2004 - nothing to compare
        return 1.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    return chi_square_tail(statistic, (table.shape[0] - 1) * (table.shape[1] - 1))


def _pooled(table: Floats) -> Floats:
    """Pool levels, the rarest first, until five are expected in each cell of what is left."""
    totals = table.sum(axis=1)
    levels = [table[at] for at in np.argsort(totals, kind="stable") if totals[at] > 0]
    shares = table.sum(axis=0) / table.sum()
    while len(levels) > 1 and (levels[0].sum() * shares).min() < _LEAST_EXPECTED:
        levels = sorted([levels[0] + levels[1], *levels[2:]], key=lambda level: float(level.sum()))
    return np.array(levels).reshape(len(levels), table.shape[1])


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
