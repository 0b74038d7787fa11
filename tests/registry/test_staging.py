"""The staging threshold."""

from __future__ import annotations

import pytest

from keepfit.evaluation import METRICS, RECOMMENDER_METRICS
from keepfit.project.declaration import Staging
from keepfit.registry import is_staged
from keepfit.registry.staging import is_gain


@pytest.mark.parametrize(
    ("metric", "threshold", "score", "staged"),
    [
        ("f1", 0.7, 0.71, True),
        ("f1", 0.7, 0.7, False),
        ("log_loss", 0.5, 0.4, True),
        ("brier", 0.2, 0.3, False),
        ("map", 0.02, 0.021, True),
    ],
)
def test_a_score_must_be_on_the_good_side(metric, threshold, score, staged):
    """Above the threshold for scores that should be high, below for losses; the threshold itself is not enough."""
    assert is_staged(score, Staging(metric, threshold)) is staged


def test_only_losses_are_better_when_they_are_less():
    """Of a classifier's metrics these three; of a recommender's none."""
    assert {name for name in METRICS if not is_gain(name)} == {"log_loss", "brier", "cost"}
    assert all(is_gain(name) for name in RECOMMENDER_METRICS)
