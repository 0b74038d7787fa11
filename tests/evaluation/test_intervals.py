"""Bootstrap intervals."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.evaluation import METRICS, paired_difference, score_intervals, scores
from keepfit.evaluation.intervals import resampled_weights
from keepfit.project.training_section import Costs


def drawn(rows: int, seed: int, skill: float = 1.0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, rows).astype(np.int8)
    probability = 1 / (1 + np.exp(-skill * (2 * labels - 1) - rng.normal(size=rows)))
    return labels, probability


def test_a_point_is_the_score_and_lies_in_its_interval():
    """An estimate's value is the plain score, between its ends."""
    labels, probability = drawn(300, 1)
    found = score_intervals(labels, probability, 0.5, seed=2, costs=Costs(false_negative=3))
    point = scores(labels, probability, 0.5, Costs(false_negative=3))
    assert set(found) == set(METRICS)
    for name, estimate in found.items():
        assert estimate.value == point[name]
        assert estimate.low < estimate.value < estimate.high


def test_the_same_seed_gives_the_same_digits():
    """Intervals repeat exactly."""
    labels, probability = drawn(100, 1)
    assert score_intervals(labels, probability, 0.5, seed=3) == score_intervals(labels, probability, 0.5, seed=3)


def test_a_resample_draws_as_many_rows_as_there_are():
    """Each weighting adds up to the number of rows, in chunks as in one piece."""
    weights = np.concatenate(list(resampled_weights(70_001, 100, 0)))
    assert weights.shape == (100, 70_001)
    assert (weights.sum(axis=1) == 70_001).all()


def test_the_interval_covers_the_truth():
    """The 95 % interval of accuracy covers the true accuracy in about 95 % of draws."""
    rng = np.random.default_rng(7)
    covered = 0
    for seed in range(200):
        labels = (rng.random(200) < 0.8).astype(np.int8)  # the answer is always positive: accuracy is 0.8
        found = score_intervals(labels, np.ones(200), 0.5, seed=seed, resamples=300)["accuracy"]
        covered += found.low <= 0.8 <= found.high
    assert 180 <= covered <= 198


def test_no_difference_between_a_model_and_itself():
    """A model compared with itself differs by exactly nothing."""
    labels, probability = drawn(100, 1)
    same = paired_difference(labels, probability, probability, (0.5, 0.5), "f1", seed=1)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("metric", ["f1", "roc_auc", "accuracy"])
def test_a_better_model_is_found_better(metric):
    """A clearly better challenger has a difference whose whole interval is above 0."""
    labels, good = drawn(800, 5, skill=2.0)
    _, poor = drawn(800, 6, skill=0.0)
    gain = paired_difference(labels, good, poor, (0.5, 0.5), metric, seed=1)
    assert 0 < gain.low < gain.value < gain.high


def test_an_undefined_metric_has_no_interval():
    """With one class ROC AUC and its ends are NaN."""
    found = score_intervals(np.zeros(10, dtype=np.int8), np.linspace(0, 1, 10), 0.5, seed=0, resamples=10)["roc_auc"]
    assert np.isnan([found.value, found.low, found.high]).all()
