"""How much the rows of each class count in fitting.

Every family and the ensemble take class weights as weights of rows, so that they mean the same everywhere. Scores are
never weighted, and calibration is fitted on equal rows: weights make a model say one class more often than it comes,
and calibration makes its probabilities shares of rows again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from keepfit.arrays import Floats
from keepfit.errors import TrainingError, nearest
from keepfit.signature import Outcome
from keepfit.training.search_rows import SearchRows

_MOST = 1_000_000


def row_weights(
    declared: Literal["balanced"] | Mapping[str, float] | None, outcome: Outcome, rows: SearchRows
) -> Floats | None:
    """Return the weight of each row in fitting, `(n_rows,)`: its own times its class's. None for equal weights.

    Parameters
    ----------
    declared
        A weight above 0 by label, 1 where none is given; or `balanced`: `n / (2 n_class)` of the training rows, so that
        both classes weigh the same in sum and a row weighs 1 on average, which is scikit-learn's formula. Rows are
        counted for it, whatever each of them weighs.
    outcome
        The labels of the two classes.
    rows
        Classes, training rows, and the weights that rows have already.

    Raises
    ------
    TrainingError
        When a weight is given to what is not one of the two labels, or is not above 0, or is above a million.

    References
    ----------
    King, G. and Zeng, L. (2001). Logistic regression in rare events data. Political Analysis 9, 137-163.
    """
    if declared is None:
        return rows.weights
    if declared == "balanced":
        counts = np.bincount(rows.labels[rows.train], minlength=2)
        of_class = counts.sum() / (2 * np.maximum(counts, 1))
    else:
        of_class = _of_labels(declared, outcome)
    weights: Floats = of_class[rows.labels]
    return weights if rows.weights is None else weights * rows.weights


def require_classes(declared: Literal["balanced"] | Mapping[str, float] | None, outcome: Outcome) -> None:
    """Refuse weights of what is no label, or beyond all measure.

    Raises
    ------
    TrainingError
        See `row_weights`.
    """
    if declared is None or declared == "balanced":
        return
    where = "keepfit.toml: [training] class_weight"
    for label, weight in declared.items():
        if label not in outcome.labels:
            raise TrainingError(
                f"{outcome.name} has no class {label}", where=where, hint=nearest(label, outcome.labels)
            )
        if not 0 < weight <= _MOST:
            raise TrainingError(
                f"the weight of {label} is {weight:g}",
                where=where,
                hint=f"give one above 0 and up to {_MOST:,}, or drop these rows",
            )


def _of_labels(declared: Mapping[str, float], outcome: Outcome) -> Floats:
    require_classes(declared, outcome)
    return np.array([declared.get(label, 1.0) for label in outcome.labels])
