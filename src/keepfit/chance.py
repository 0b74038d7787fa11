"""How likely a result is by chance alone, and what many tests at once do to that; no statistics library is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence

TWO_SIDED = 1.959963984540054  # the normal's quantile at 97.5 %, for intervals of 95 %


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
