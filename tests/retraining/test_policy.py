"""Who wins."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.evaluation import Contest, compare_models
from keepfit.project.declaration import RetrainingSection
from keepfit.retraining import decide

SECTION = RetrainingSection()


def contest(seed, champion, challenger, rows=600, noise=False, metric="f1"):
    """Answers of two models of given skill; with noise the labels have nothing to do with either."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, rows).astype(np.int8)
    signal = rng.integers(0, 2, rows) if noise else labels

    def answers(skill: float):
        return 1 / (1 + np.exp(-skill * (2 * signal - 1) - rng.normal(size=rows)))

    return compare_models(Contest(labels, answers(champion), answers(challenger), 0.5, 0.5), metric, seed=1)


def test_a_better_challenger_is_promoted():
    """Skill, a gain with its whole interval, and a holdout that stands: promoted, with a reason for each."""
    decision = decide(contest(1, 0.2, 2.0), contest(2, 2.0, 2.0), SECTION)
    assert decision.promotes
    assert len(decision.reasons) == 3


def test_a_challenger_that_is_not_shown_to_be_better_is_not():
    """Two models alike: the difference's interval holds zero."""
    decision = decide(contest(1, 1.0, 1.0), contest(2, 1.0, 1.0), SECTION)
    assert not decision.promotes
    assert decision.reasons[0].startswith("The challenger is not shown to be better on the recent rows: f1 ")


def test_noise_never_wins():
    """On labels that are noise a model that says yes more often gains F1, and is kept out all the same."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 600).astype(np.int8)
    always, seldom = np.full(600, 0.9) + rng.random(600) * 0.05, rng.random(600) * 0.7
    recent = compare_models(Contest(labels, seldom, always, 0.5, 0.5), "f1", seed=1)
    assert recent.gain.low > 0
    decision = decide(recent, contest(2, 1.0, 1.0), SECTION)
    assert not decision.promotes
    assert decision.reasons[0].startswith("To the challenger the recent labels are noise: ROC AUC 0.")


def test_too_large_a_loss_on_the_original_holdout_is_not_tolerated():
    """A challenger that has forgotten what it knew is kept out; with more tolerance it is not."""
    recent, original = contest(1, 0.2, 2.0), contest(2, 3.0, 0.5)
    decision = decide(recent, original, SECTION)
    assert not decision.promotes
    assert "loses too much on the original holdout" in decision.reasons[0]
    assert decide(recent, original, RetrainingSection(tolerated_loss=0.9)).promotes


def test_a_gain_is_positive_whatever_the_metrics_direction():
    """A lower log-loss is a gain too."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 400).astype(np.int8)
    good, poor = np.where(labels == 1, 0.8, 0.2) + rng.normal(size=400) * 0.05, np.full(400, 0.5)
    gain = compare_models(Contest(labels, poor, good, 0.5, 0.5), "log_loss", seed=1).gain
    assert 0 < gain.low <= gain.value <= gain.high


@pytest.mark.parametrize("seed", range(20))
def test_half_noise_labels_keep_the_champion(seed):
    """The published simulation's labels, twenty times: never promoted."""
    assert not decide(contest(seed, 1.0, 1.0, noise=True), contest(99, 1.0, 1.0), SECTION).promotes
