"""The threshold: the probability from which on the decision is positive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]
_LEEWAY = 5e-6  # half of what the exported graph may differ


def choose_threshold(labels: Labels, probability: Floats, metric: str) -> float:
    """Return the threshold with the best score on out-of-fold predictions.

    Among the rows' own probabilities; where several are equally good, the one in the middle of the longest run.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    probability
        Out-of-fold probabilities of class 1, `(n_rows,)`.
    metric
        Accuracy or F1. For every other one F1 is what is chosen by: no threshold changes ROC AUC, and precision or
        recall alone would decide almost nobody or everybody positive.
    """
    chosen = metric if metric in _SCORES else "f1"
    order = np.argsort(-probability, kind="stable")
    hits, decided = np.cumsum(labels[order] == 1), np.arange(1, len(labels) + 1)
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(labels) - 1)
    hits, decided, levels = hits[last], decided[last], probability[order][last]
    found = _SCORES[chosen](hits.astype(float), decided.astype(float), float((labels == 1).sum()), len(labels))
    best = np.flatnonzero(np.isclose(found, found.max(), rtol=0, atol=1e-12))
    runs = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
    longest = max(runs, key=len)
    at = int(longest[len(longest) // 2])
    below = float(levels[at + 1]) if at + 1 < len(levels) else 0.0
    return (float(levels[at]) + below) / 2


def settle_threshold(threshold: float, probability: Floats) -> float:
    """Return a threshold that decides alike, but lies in a gap between probabilities.

    Votes of a forest fall on exact fractions such as 0.5, and a graph that sums in float32 puts them a hair to either
    side. Half-way to the next smaller probability, and at most 5e-6 below, every tie falls on the positive side as
    declared.
    """
    below = probability[probability < threshold]
    gap = threshold - float(below.max()) if len(below) else 1.0
    return threshold - min(gap / 2, _LEEWAY)


def _accuracy(hits: Floats, decided: Floats, positives: float, rows: int) -> Floats:
    return (hits + (rows - decided) - (positives - hits)) / rows


def _f1(hits: Floats, decided: Floats, positives: float, rows: int) -> Floats:  # noqa: ARG001 - one form for all
    return 2 * hits / (decided + positives)


_SCORES = {"accuracy": _accuracy, "f1": _f1}
