"""What no skill at all would score: the mark that any model must pass."""

from __future__ import annotations

import numpy as np

from keepfit.evaluation.metrics import METRICS, Labels, require_metric, scores


def constant_baseline(share: float, labels: Labels, threshold: float) -> dict[str, float]:
    """Return the scores of always predicting the share of positives in the training rows.

    Parameters
    ----------
    share
        That share, between 0 and 1.
    labels
        Classes 0 or 1 of the rows that are reported on.
    threshold
        Probability from which on the decision is positive.

    Raises
    ------
    ValueError
        When the share is none, or the labels cannot be scored.
    """
    return scores(labels, np.full(len(labels), share), threshold)


def best_constant(metric: str, labels: Labels) -> float:
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
    found = [scores(labels, np.full(len(labels), answer), 0.5)[metric] for answer in answers]
    return max(found) if METRICS[metric].higher_is_better else min(found)
