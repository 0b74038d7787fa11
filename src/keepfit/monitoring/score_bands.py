"""Labelled rows of a window beside the reference's, by bands of their scores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from keepfit.arrays import Floats
from keepfit.profiles import OutputProfile

_MOST_BANDS = 10
_LEAST_VARIANCE = 2.5  # that of five expected in each cell, where classes are even and both sides have as many rows


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """Labelled rows of similar scores.

    Attributes
    ----------
    rows
        How many of the window.
    score
        Their mean score.
    observed, expected
        Their share of positives, and the one that the reference has at these scores.
    deviation
        The standard deviation that chance alone gives the difference of the two.
    """

    rows: int
    score: float
    observed: float
    expected: float
    deviation: float


class _Strata(NamedTuple):
    """By bin: positives above what both sides together let expect, its variance by chance, and the weight of the bin.

    References
    ----------
    Mantel, N. and Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective studies of
    disease. Journal of the National Cancer Institute 22(4), 719-748.
    """

    surplus: Floats
    variance: Floats
    weight: Floats


def score_bands(reference: OutputProfile, window: OutputProfile, means: Floats) -> tuple[ScoreBand, ...]:
    """Return at most ten bands of about equal weight of evidence, by rising score.

    Within each bin of the score rows of both sides are compared, and the differences of a band's bins are added up: so
    a band's difference is none of where in it the scores lie.

    Parameters
    ----------
    reference, window
        Labels by bin of the score; the bins are the same.
    means
        The window's mean score by bin, `(n_bins,)`.

    Returns
    -------
    None at all where there are too few labels at the scores that both have.

    References
    ----------
    Greenland, S. and Robins, J. M. (1985). Estimation of a common effect parameter from sparse follow-up data.
    Biometrics 41(1), 55-68 (a difference of shares over strata).
    """
    strata = _strata(reference, window)
    labelled, positives = np.array(window.labelled), np.array(window.positives)
    found = []
    for at in _cuts(strata.variance):
        rows, weight = int(labelled[at].sum()), float(strata.weight[at].sum())
        observed = float(positives[at].sum()) / rows
        difference = float(strata.surplus[at].sum()) / weight
        deviation = math.sqrt(float(strata.variance[at].sum())) / weight
        score = float(labelled[at] @ means[at]) / rows
        found.append(ScoreBand(rows, score, observed, observed - difference, deviation))
    return tuple(found)


def _strata(reference: OutputProfile, window: OutputProfile) -> _Strata:
    before, now = np.array(reference.labelled, dtype=np.float64), np.array(window.labelled, dtype=np.float64)
    new_positives = np.array(window.positives, dtype=np.float64)
    positives = np.array(reference.positives) + new_positives
    both = before + now
    whole = np.maximum(both, 1.0)
    weight = before * now / whole
    variance = weight * positives * (both - positives) / (whole * np.maximum(both - 1, 1.0))
    return _Strata(new_positives - now * positives / whole, variance, weight)


def _cuts(variance: Floats) -> list[slice]:
    """Cut bins into bands that each have enough variance for a normal deviate; what is left joins the last."""
    least = max(float(variance.sum()) / _MOST_BANDS, _LEAST_VARIANCE)
    ends, held = [0], 0.0
    for at, one in enumerate(variance.tolist()):
        held += one
        if held >= least:
            ends.append(at + 1)
            held = 0.0
    ends[-1] = len(variance) if len(ends) > 1 else 0
    return [slice(begin, end) for begin, end in pairwise(ends)]
