"""How likely a difference of two profiles of a column is by chance."""

from __future__ import annotations

import numpy as np

from keepfit.chance import binomial_tail, fisher_p, kolmogorov_tail, pearson_p
from keepfit.monitoring.distances import kolmogorov_smirnov
from keepfit.profiles import CategoryProfile, ColumnProfile, NumberProfile, level_counts

_FEW = 50
_LEAST_CHANCE, _GREATEST_CHANCE = 1e-12, 1 - 1e-12


def distribution_p(reference: ColumnProfile, window: ColumnProfile) -> float:
    """Return the p-value that the known values of both come from one distribution; 1 where a side has none.

    Of a number by Kolmogorov-Smirnov: on bins its statistic is at most the exact one, so the test errs on the side of
    no drift. Of a category by Pearson's chi-square, rare labels pooled.
    """
    if not reference.known or not window.known:
        return 1.0
    if isinstance(reference, NumberProfile):
        counts = level_counts(reference), level_counts(window)
        return kolmogorov_tail(float(kolmogorov_smirnov(*counts)), reference.known, window.known)
    return pearson_p(np.stack([level_counts(reference), level_counts(window)], axis=1))


def missing_p(reference: ColumnProfile, window: ColumnProfile) -> float:
    """Return the p-value that both miss values at the same rate (chi-square, or Fisher's test when they are few)."""
    return _rate_p(reference.missing, reference.rows, window.missing, window.rows)


def unseen_p(reference: CategoryProfile, window: CategoryProfile) -> float:
    """Return the p-value that so many values outside of the vocabulary come by chance.

    The chance of one is judged by Good-Turing: the share of reference rows whose category occurred once, and at least
    one row. A reference that has unseen values itself, because it is a window, is compared by their rate.

    References
    ----------
    Good, I. J. (1953). The population frequencies of species and the estimation of population parameters. Biometrika
    40, 237-264.
    """
    if window.unseen == 0:
        return 1.0
    if reference.unseen:
        return _rate_p(reference.unseen, reference.known, window.unseen, window.known)
    return binomial_tail(window.unseen, window.known, unseen_chance(reference))


def unseen_chance(reference: CategoryProfile) -> float:
    """Return the chance that a value is outside of the vocabulary, as the reference lets expect it."""
    expected = max(reference.seen_once, reference.unseen, 1) / max(reference.known, 1)
    return min(max(expected, _LEAST_CHANCE), _GREATEST_CHANCE)


def _rate_p(hits: int, rows: int, other_hits: int, other_rows: int) -> float:
    if not rows or not other_rows:
        return 1.0
    if min(hits + other_hits, other_rows, rows) < _FEW:
        return fisher_p(hits, rows, other_hits, other_rows)
    return pearson_p(np.array([[hits, other_hits], [rows - hits, other_rows - other_hits]], dtype=np.float64))
