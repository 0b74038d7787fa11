"""The threshold: the probability from which on the decision is positive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats, Labels
from keepfit.evaluation import scores, total_cost
from keepfit.project.training_section import Costs, TrainingSection

_NOBODY = 1.0 + 1e-6  # above every probability
_LEEWAY = 5e-6  # half of what the exported graph may differ


def decide(labels: Labels, probability: Floats, section: TrainingSection) -> tuple[float, dict[str, float]]:
    """Return the threshold that a project declares, or the best one, and every score of the rows with it.

    Parameters
    ----------
    labels, probability
        Classes 0 or 1 and out-of-fold probabilities of class 1, `(n_rows,)`.
    section
        Threshold, metric and costs.
    """
    declared = section.threshold
    threshold = choose_threshold(labels, probability, section.metric, section.costs) if declared == "best" else declared
    return threshold, scores(labels, probability, threshold, section.costs)


def choose_threshold(labels: Labels, probability: Floats, metric: str, costs: Costs | None = None) -> float:
    """Return the threshold with the best score on out-of-fold predictions.

    Among the rows' own probabilities, and one that nobody reaches; where several are equally good, the one in the
    middle of the longest run.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    probability
        Out-of-fold probabilities of class 1, `(n_rows,)`.
    metric
        Accuracy, F1 or cost. For every other one F1 is what is chosen by: no threshold changes ROC AUC, and precision
        or recall alone would decide almost nobody or everybody positive.
    costs
        Of right and wrong decisions; needed for the cost.
    """
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(labels) - 1)
    hits = np.append(0, np.cumsum(labels[order] == 1)[last])
    levels = np.append(_NOBODY, probability[order][last])
    counts = _Counts(hits.astype(float), np.append(0, last + 1).astype(float), float(hits[-1]), len(labels))
    found = _score(counts, metric, costs)
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


@dataclass(frozen=True, slots=True)
class _Counts:
    """At each threshold: true positive decisions and all positive ones; and how many positives and rows there are."""

    hits: Floats
    decided: Floats
    positives: float
    rows: int


def _score(counts: _Counts, metric: str, costs: Costs | None) -> Floats:
    """Return what is to be as high as can be, at each threshold."""
    right = counts.hits + (counts.rows - counts.positives) - (counts.decided - counts.hits)
    if metric == "accuracy":
        return right / counts.rows
    if metric == "cost" and costs is not None:
        spent = total_cost(
            costs, hits=counts.hits, decided=counts.decided, positives=counts.positives, rows=float(counts.rows)
        )
        return -spent / counts.rows
    return 2 * counts.hits / np.maximum(counts.decided + counts.positives, 1)
