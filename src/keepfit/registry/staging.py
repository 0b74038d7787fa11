"""The staging threshold: which versions may become champion without a person's word."""

from __future__ import annotations

from keepfit.evaluation import METRICS
from keepfit.project.declaration import PromotionSection


def is_staged(score: float, section: PromotionSection) -> bool:
    """Return whether a holdout score is on the good side of the staging threshold, and not on it."""
    if METRICS[section.staging_metric].higher_is_better:
        return score > section.staging_threshold
    return score < section.staging_threshold
