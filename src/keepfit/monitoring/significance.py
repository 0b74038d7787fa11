"""How likely a difference of two samples is by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.chance import pearson_p
from keepfit.profiles import CategoryProfile, NumberProfile

Floats = NDArray[np.float64]
_LEAST_EXPECTED = 5.0


def kolmogorov_smirnov_p(statistic: float, reference: NumberProfile, window: NumberProfile) -> float:
    """Return the two-sided p-value of a two-sample KS statistic.

    On bins the statistic is at most the exact one, so the test errs on the side of no drift.

    References
    ----------
    Hodges, J. L. (1958). The significance probability of the Smirnov two-sample test. Arkiv för Matematik 3, 469-486.
    """
    from scipy.stats import kstwo  # noqa: PLC0415 - heavy, and not for the service

    effective = reference.known * window.known / (reference.known + window.known)
    return float(np.clip(kstwo.sf(statistic, max(round(effective), 1)), 0.0, 1.0))


def chi_square_p(reference: Floats, window: Floats) -> float:
    """Return the p-value of Pearson's test that two vectors of counts have the same shares."""
    return pearson_p(np.stack([reference, window], axis=1))


def missing_p(reference_missing: int, reference_rows: int, window_missing: int, window_rows: int) -> float:
    """Return the p-value that two samples have the same rate of missing values (chi-square, or Fisher when rare)."""
    from scipy.stats import fisher_exact  # noqa: PLC0415 - as above

    table = np.array(
        [
            [reference_missing, reference_rows - reference_missing],
            [window_missing, window_rows - window_missing],
        ],
        dtype=np.float64,
    )
    if min((reference_missing + window_missing), window_rows) < 10 * _LEAST_EXPECTED:
        return float(fisher_exact(table.astype(np.int64)).pvalue)
    return chi_square_p(table[0], table[1])


def unseen_p(reference: CategoryProfile, window: CategoryProfile) -> float:
    """Return the p-value that so many values outside of the vocabulary come by chance.

    The chance of one is judged by Good-Turing: the share of reference rows whose category occurred once, and at least
    one row.

    References
    ----------
    Good, I. J. (1953). The population frequencies of species and the estimation of population parameters. Biometrika
    40, 237-264.
    """
    from scipy.stats import binom  # noqa: PLC0415 - as above

    if window.unseen == 0:
        return 1.0
    chance = max(reference.seen_once, 1) / max(reference.known, 1)
    return float(binom.sf(window.unseen - 1, window.known, min(chance, 1.0)))
