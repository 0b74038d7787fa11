"""Curves of a binary model: ROC, precision and recall, and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.intervals import Estimate
from keepfit.evaluation.metrics import require_rows
from keepfit.evaluation.shares import share_of

BINS = 10
_MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class RankCurves:
    """What every threshold would do, from the highest to the lowest.

    Attributes
    ----------
    false_positive_rate, recall, precision
        Of the rows at or above each threshold, `(n_thresholds,)`; at most 200 of them.
    """

    false_positive_rate: Floats
    recall: Floats
    precision: Floats


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows of similar probability.

    Attributes
    ----------
    rows
        How many.
    predicted
        Their mean probability.
    observed
        Their share of positives, with its 95 % interval.
    """

    rows: int
    predicted: float
    observed: Estimate


def rank_curves(labels: Labels, probability: Floats) -> RankCurves:
    """Return the points of the ROC and of the precision-recall curve.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`, both there.
    probability
        Probability of class 1, `(n_rows,)`.

    Raises
    ------
    ValueError
        When the rows cannot be scored, or a class is absent.

    References
    ----------
    Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27, 861-874.
    """
    require_rows(labels, probability, 0.5)
    if len(np.unique(labels)) < 2:  # noqa: PLR2004 - two classes
        raise ValueError("a curve needs rows of both classes")
    order = np.argsort(-probability, kind="stable")
    hits, seen = np.cumsum(labels[order] == 1), np.arange(1, len(labels) + 1)
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(labels) - 1)  # of each run of equal ones
    kept = last[_spread(len(last))]
    hits, seen = hits[kept], seen[kept]
    positives = int((labels == 1).sum())
    return RankCurves((seen - hits) / (len(labels) - positives), hits / positives, hits / seen)


def reliability(labels: Labels, probability: Floats, *, bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Return the share of positives in bins of equal numbers of rows, by rising probability.

    Rows of one probability stay in one bin, so there may be fewer bins.

    Raises
    ------
    ValueError
        When the rows cannot be scored.
    """
    require_rows(labels, probability, 0.5)
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    places = np.searchsorted(edges, probability, side="left")
    found = []
    for place in np.unique(places):
        chosen = places == place
        rows, positives = int(chosen.sum()), int((labels[chosen] == 1).sum())
        found.append(ReliabilityBin(rows, float(probability[chosen].mean()), share_of(positives, rows)))
    return tuple(found)


def calibration_error(labels: Labels, probability: Floats, *, bins: int = BINS) -> float:
    """Return the expected calibration error: the mean distance of share and probability over bins, weighted by rows.

    Raises
    ------
    ValueError
        When the rows cannot be scored.

    References
    ----------
    Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). Obtaining well calibrated probabilities using Bayesian
    binning. AAAI.
    """
    found = reliability(labels, probability, bins=bins)
    return sum(one.rows * abs(one.observed.value - one.predicted) for one in found) / len(labels)


def _spread(count: int) -> NDArray[np.int64]:
    """Return at most 200 positions, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_POINTS)).round().astype(np.int64))
