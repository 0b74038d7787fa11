"""The staging threshold: which versions may become champion without a person's word."""

from __future__ import annotations

from keepfit.evaluation import METRICS
from keepfit.project.declaration import Staging


def is_staged(score: float, staging: Staging) -> bool:
    """Return whether a holdout score is on the good side of the staging threshold, and not on it."""
    return score > staging.threshold if is_gain(staging.metric) else score < staging.threshold


def is_gain(metric: str) -> bool:
    """Return whether more of a metric is better, as it is of all but losses; those of recommenders are none."""
    return metric not in METRICS or METRICS[metric].higher_is_better
