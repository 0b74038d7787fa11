"""How well a cross-validated score tells a window from the reference: its AUC, the interval, the p-value.

Each fold is scored by a model that has not seen it, so with nothing changed the AUC is 0.5 on average. But the folds
are not independent: row i helps to score row j, and row j helps to score row i. For a score that is linear in the
labels, Σ K(i, j) y(i) y(j) over pairs of different folds, the variance with nothing changed is Σ K² counted for both
orders of a pair at once: twice that of the same scores had their models been fixed beforehand. So twice DeLong's
variance is taken. `benchmarks/drift/multivariate.py` holds the outcome against simulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.chance import TWO_SIDED

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
_BOTH_ORDERS = 2.0  # see above


@dataclass(frozen=True, slots=True)
class DomainAuc:
    """An AUC over folds.

    Attributes
    ----------
    value
        Mean over the folds of the chance that a row of the window is scored above one of the reference, 0 to 1.
    low, high
        Ends of its 95 % interval.
    p_value
        Chance of so large an AUC when nothing has changed (one-sided: below 0.5 nothing is told apart).
    """

    value: float
    low: float
    high: float
    p_value: float


def domain_auc(scores: Floats, is_window: Booleans, folds: Integers, records: Integers) -> DomainAuc:
    """Return the AUC of out-of-fold scores.

    Scores are compared within their fold only: those of two models have no common scale.

    Parameters
    ----------
    scores
        `(n_rows,)`, higher for the window.
    is_window
        Of which side a row is, `(n_rows,)`.
    folds
        Number of the fold that a row is scored in, `(n_rows,)`; each holds rows of both sides.
    records
        Number of the record that a row is a copy of, `(n_rows,)`: copies count as one piece of evidence.

    References
    ----------
    DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated
    receiver operating characteristic curves. Biometrics 44(3), 837-845. Obuchowski, N. A. (1997). Nonparametric
    analysis of clustered ROC curve data. Biometrics 53(2), 567-578: copies of a record.
    """
    value, influences = 0.0, np.zeros(len(scores))
    pairs = [int(is_window[folds == fold].sum()) * int((~is_window[folds == fold]).sum()) for fold in _numbers(folds)]
    for fold, count in zip(_numbers(folds), pairs, strict=True):
        rows, weight = folds == fold, count / sum(pairs)
        auc, parts = _within(scores[rows], is_window[rows])
        value += weight * auc
        influences[rows] = weight * parts
    variance = float((np.bincount(records, weights=influences) ** 2).sum())
    # Where no row is misplaced, or all scores are equal, the sample shows no variance: take that of one misplaced row.
    least = 1 / min(is_window.sum(), (~is_window).sum()) ** 2
    deviation = math.sqrt(_BOTH_ORDERS * max(variance, least))
    reach, z = TWO_SIDED * deviation, (value - 0.5) / deviation
    return DomainAuc(value, max(value - reach, 0.0), min(value + reach, 1.0), math.erfc(z / math.sqrt(2)) / 2)


def fold_auc(scores: Floats, is_window: Booleans) -> float:
    """Return the AUC of one fold, by the ranks of its scores; ties count half."""
    return _within(scores, is_window)[0]


def _within(scores: Floats, is_window: Booleans) -> tuple[float, Floats]:
    """Return the AUC of one fold and each row's influence on it: how far it is from the mean of its side, shared."""
    placements = np.empty(len(scores))
    ranks = _midranks(scores)
    for side in (is_window, ~is_window):
        placements[side] = (ranks[side] - _midranks(scores[side])) / (~side).sum()
    placements[~is_window] = 1 - placements[~is_window]
    auc = float(placements[is_window].mean())
    return auc, (placements - auc) / np.where(is_window, is_window.sum(), (~is_window).sum())


def _midranks(values: Floats) -> Floats:
    """Return ranks from 1 on, equal values with the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def _numbers(folds: Integers) -> list[int]:
    return [int(fold) for fold in np.unique(folds)]
