"""What a model rests on: how much it loses when a column's values are shuffled among the held-out rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.evaluation import METRICS, scores
from keepfit.project.training_section import Costs
from keepfit.signature import Signature
from keepfit.training.search_rows import SearchRows

Score = Callable[[Matrix], Floats]
_SHUFFLES = 5
_MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Importance:
    """How much a column matters.

    Attributes
    ----------
    column
        Its name.
    loss
        How much the metric gets worse when its values are shuffled among the held-out rows: the mean of five shuffles.
    low, high
        The least and the greatest of them.
    """

    column: str
    loss: float
    low: float
    high: float


def importances(
    score: Score,
    threshold: float,
    rows: SearchRows,
    signature: Signature,
    *,
    metric: str,
    seed: int,
    costs: Costs | None = None,
) -> tuple[Importance, ...]:
    """Return how much the metric loses when each column in turn is shuffled, the most important one first.

    Parameters
    ----------
    score
        Returns the probability of each row of a matrix.
    threshold
        Probability from which on it decides positive.
    rows, signature
        The rows, of which the held-out ones are looked at, five thousand at the most; and the columns of their matrix.
    metric, seed, costs
        As for `diagnose`.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32 (section 10).
    """
    matrix, labels = rows.matrix[rows.holdout], rows.labels[rows.holdout]
    rng = np.random.default_rng(seed)
    if len(matrix) > _MOST_ROWS:
        kept = rng.choice(len(matrix), _MOST_ROWS, replace=False)
        matrix, labels = matrix[kept], labels[kept]
    sign = 1 if METRICS[metric].higher_is_better else -1
    whole = scores(labels, score(matrix), threshold, costs)[metric]
    found = []
    for at, name in enumerate(signature.names):
        losses = []
        for _ in range(_SHUFFLES):
            shuffled = matrix.copy()
            shuffled[:, at] = rng.permutation(shuffled[:, at])
            lost = sign * (whole - scores(labels, score(shuffled), threshold, costs)[metric])
            losses.append(lost + 0.0)  # nothing lost is 0, not -0
        found.append(Importance(name, float(np.mean(losses)), min(losses), max(losses)))
    return tuple(sorted(found, key=lambda one: -one.loss))
