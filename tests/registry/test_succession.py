"""The succession after a training."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.evaluation import Contest, Estimate, compare_models
from keepfit.project.declaration import Staging
from keepfit.registry import Incumbent, decide_succession

STAGING = Staging("f1", 0.7)
GOOD = Estimate(0.8, 0.75, 0.85)


def against(challenger_skill):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 500).astype(np.int8)

    def answers(skill):
        return 1 / (1 + np.exp(-skill * (2 * labels - 1) - rng.normal(size=500)))

    return compare_models(Contest(labels, answers(0.5), answers(challenger_skill), 0.5, 0.5), "f1", seed=0)


def test_the_first_that_passes_the_threshold_is_champion():
    """Without a champion the staging threshold alone decides."""
    found = decide_succession(1, GOOD, None, STAGING)
    assert found.promotes
    assert found.reason == (
        "v1 is champion: f1 0.8000 [0.7500, 0.8500] on the held-out rows, above the staging threshold 0.7"
    )


@pytest.mark.parametrize(
    ("metric", "score", "said"),
    [
        ("f1", 0.6, "is not above the staging threshold 0.7"),
        ("log_loss", 0.9, "is not below the staging threshold 0.7"),
    ],
)
def test_the_threshold_is_told_in_the_metrics_direction(metric, score, said):
    """A score on the wrong side is not promoted, and the side is named."""
    staging = Staging(metric, 0.7)
    found = decide_succession(2, Estimate(score, score, score), None, staging)
    assert not found.promotes
    assert found.reason.startswith("v2 is not promoted: ")
    assert said in found.reason


def test_a_better_one_succeeds():
    """The whole interval of the paired difference is in its favour."""
    found = decide_succession(2, GOOD, Incumbent(1, against(3.0)), STAGING)
    assert found.promotes
    assert "and better than v1: f1 differs by +0." in found.reason


def test_one_that_is_not_shown_to_be_better_does_not():
    """A gain within its interval is chance."""
    found = decide_succession(2, GOOD, Incumbent(1, against(0.5)), STAGING)
    assert not found.promotes
    assert found.reason.startswith("v1 stays champion: v2 is not shown to be better (f1 differs by ")


def test_what_cannot_be_compared_waits_for_a_person():
    """On rows that may have taught the champion no score decides; the way to decide is told."""
    found = decide_succession(2, GOOD, Incumbent(1, None, "this is not the table"), STAGING)
    assert not found.promotes
    assert found.reason == (
        "v1 stays champion: this is not the table; `keepfit promote 2` makes v2 champion all the same"
    )


def test_a_broken_champion_is_succeeded():
    """A bundle that is not whole serves nobody: the next one takes over, and that is said."""
    found = decide_succession(2, GOOD, Incumbent(1, None, "model.onnx was altered", is_readable=False), STAGING)
    assert found.promotes
    assert found.reason.endswith("; v1 could not be compared: model.onnx was altered")
