"""How likely a difference of two profiles of a column is by chance."""

from __future__ import annotations

import numpy as np

from keepfit.chance import fisher_p, kolmogorov_tail, pearson_p
from keepfit.monitoring.distances import kolmogorov_smirnov
from keepfit.monitoring.levels import compared_levels
from keepfit.profiles import CategoryProfile, ColumnProfile, NumberProfile, level_counts

_FEW = 10  # rows that are expected of the rarer outcome in the smaller sample


def distribution_p(reference: ColumnProfile, window: ColumnProfile) -> float:
    """Return the p-value that the known values of both come from one distribution; 1 where a side has none.

    Of a number by Kolmogorov-Smirnov: on bins its statistic is at most the exact one, so the test errs on the side of
    no drift. Of a category by Pearson's chi-square, rare labels pooled with the unseen ones.
    """
    if not reference.known or not window.known:
        return 1.0
    if isinstance(reference, NumberProfile):
        counts = level_counts(reference), level_counts(window)
        return kolmogorov_tail(float(kolmogorov_smirnov(*counts)), reference.known, window.known)
    assert isinstance(window, CategoryProfile)  # noqa: S101 - profiles in the same bins are of one kind
    levels = compared_levels(reference, window)
    return pearson_p(np.stack(levels, axis=1)) if min(side.sum() for side in levels) else 1.0


def missing_p(reference: ColumnProfile, window: ColumnProfile) -> float:
    """Return the p-value that both miss values at the same rate (chi-square, or Fisher's test when they are few)."""
    return _rate_p(reference.missing, reference.rows, window.missing, window.rows)


def unseen_p(reference: CategoryProfile, window: CategoryProfile) -> float:
    """Return the p-value that so many values outside of the vocabulary come by chance.

    By Good-Turing a reference expects as large a share of unseen values as its rows have whose category occurred once,
    N1 of n; it errs by the root of N1 + 2 N2 over n, where N2 occurred twice. So it is compared as the rate of a sample
    with that error: of a small table a category is easily left out, and is then in every large window. At least one
    row is taken to be such; a reference that has unseen values itself, because it is a window, counts those. One
    without any value expects nothing: that values are there at all is what `missing_p` judges.

    References
    ----------
    Good, I. J. (1953). The population frequencies of species and the estimation of population parameters. Biometrika
    40, 237-264.
    """
    if not window.unseen or not reference.known:
        return 1.0
    expected = _expected_unseen(reference)
    if reference.unseen:
        return _rate_p(expected, reference.known, window.unseen, window.known)
    certainty = expected / (expected + 2 * reference.seen_twice)
    hits = max(round(expected * certainty), 1)
    return _rate_p(hits, round(reference.known * hits / expected), window.unseen, window.known)


def unseen_chance(reference: CategoryProfile) -> float:
    """Return the share of values outside of the vocabulary that the reference lets expect."""
    return _expected_unseen(reference) / max(reference.known, 1)


def _expected_unseen(reference: CategoryProfile) -> int:
    return min(max(reference.seen_once, reference.unseen, 1), reference.known)


def _rate_p(hits: int, rows: int, other_hits: int, other_rows: int) -> float:
    if not rows or not other_rows:
        return 1.0
    every, whole = hits + other_hits, rows + other_rows
    if min(every, whole - every) * min(rows, other_rows) < _FEW * whole:
        return fisher_p(hits, rows, other_hits, other_rows)
    return pearson_p(np.array([[hits, other_hits], [rows - hits, other_rows - other_hits]], dtype=np.float64))
