"""What no skill at all would score: the mark that any model must pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.metrics import DECISION_METRICS, METRICS, require_metric, scores
from keepfit.project.training_section import Costs


def constant_baseline(share: float, labels: Labels, threshold: float, costs: Costs | None = None) -> dict[str, float]:
    """Return the scores of always predicting the share of positives in the training rows.

    Parameters
    ----------
    share
        That share, between 0 and 1.
    labels
        Classes 0 or 1 of the rows that are reported on.
    threshold
        Probability from which on the decision is positive.
    costs
        Of right and wrong decisions, if declared.

    Raises
    ------
    ValueError
        When the share is none, or the labels cannot be scored.
    """
    return scores(labels, np.full(len(labels), share), threshold, costs)


def best_constant(metric: str, labels: Labels, costs: Costs | None = None) -> float:
    """Return the best score in a metric that a constant answer gets on these rows, knowing them.

    For metrics of the decision the better of always negative and always positive; for log-loss and Brier the share
    of positives itself; 0.5 for ROC AUC, and the share of positives for PR AUC. NaN where the metric is undefined.

    Raises
    ------
    ValueError
        When the metric is unknown, or the labels cannot be scored.
    """
    require_metric(metric)
    share = float((labels == 1).mean()) if len(labels) else 0.0
    answers = (0.0, 1.0, share) if metric in {"log_loss", "brier"} else (0.0, 1.0)
    found = [scores(labels, np.full(len(labels), answer), 0.5, costs)[metric] for answer in answers]
    return max(found) if METRICS[metric].higher_is_better else min(found)


def frequent_baseline(share: float, labels: Labels, costs: Costs | None = None) -> dict[str, float]:
    """Return the scores of always deciding for the class that is the more frequent in the training rows.

    Only what is made of decisions: accuracy, precision, recall, F1, and the cost where costs are given.

    Parameters
    ----------
    share
        Share of positives in the training rows, between 0 and 1.
    labels
        Classes 0 or 1 of the rows that are reported on.
    costs
        Of right and wrong decisions, if declared.

    Raises
    ------
    ValueError
        When the labels cannot be scored.
    """
    found = scores(labels, np.full(len(labels), float(share >= 0.5)), 0.5, costs)  # noqa: PLR2004 - the half
    return {name: value for name, value in found.items() if name in DECISION_METRICS}


def frequency_baseline(taken: NDArray[np.bool_], is_open: NDArray[np.bool_]) -> dict[str, Floats]:
    """Return what no skill says of each product: how often it was taken of those who could, and a constant.

    Parameters
    ----------
    taken, is_open
        Of the training rows, `(n_rows, n_products)`.
    """
    could = is_open.sum(axis=0)
    shares = np.divide(taken.sum(axis=0), could, out=np.zeros(taken.shape[1]), where=could > 0)
    return {"frequency": shares, "constant": np.full(taken.shape[1], float(taken.sum()) / max(int(could.sum()), 1))}
