"""The threshold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from keepfit.evaluation import scores
from keepfit.project.training_section import Costs
from keepfit.training.thresholds import choose_threshold, settle_threshold

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20).map(lambda x: x / 20)), min_size=2, max_size=40)


@settings(max_examples=60)
@given(ROWS, st.sampled_from(["f1", "accuracy"]))
def test_no_threshold_is_better(rows, metric):
    """None of all thresholds between the rows' probabilities scores higher; ties do not matter."""
    labels, probability = np.array([y for y, _ in rows], np.int8), np.array([p for _, p in rows])
    score = {"f1": lambda y, d: f1_score(y, d, zero_division=0), "accuracy": accuracy_score}[metric]
    found = score(labels, probability >= choose_threshold(labels, probability, metric))
    others = [score(labels, probability >= level) for level in (*np.unique(probability), 1.1)]
    assert found == pytest.approx(max(others))


COSTS = st.builds(
    Costs,
    false_positive=st.floats(1, 50),
    false_negative=st.floats(1, 50),
    true_positive=st.floats(-5, 0.5),
    true_negative=st.floats(-5, 0.5),
)


@settings(max_examples=60)
@given(ROWS, COSTS)
def test_no_threshold_is_cheaper(rows, costs):
    """Neither one between the rows' probabilities, nor deciding nobody positive."""
    labels, probability = np.array([y for y, _ in rows], np.int8), np.array([p for _, p in rows])
    spent = [scores(labels, probability, level, costs)["cost"] for level in (*np.unique(probability), 1.1)]
    threshold = choose_threshold(labels, probability, "cost", costs)
    assert scores(labels, probability, threshold, costs)["cost"] == pytest.approx(min(spent))


@settings(max_examples=30)
@given(st.floats(1, 30))
def test_the_cheapest_threshold_of_true_probabilities_is_the_odds_of_the_costs(ratio):
    """With calibrated probabilities it is false positive / (false positive + false negative) (Elkan, 2001)."""
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=20_000)
    labels = (rng.uniform(size=20_000) < probability).astype(np.int8)
    found = choose_threshold(labels, probability, "cost", Costs(false_negative=ratio))
    assert found == pytest.approx(1 / (1 + ratio), abs=0.06)


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "recall", "precision"])
def test_where_a_metric_says_nothing_f1_does(metric):
    """Ranks and probabilities have no threshold, and recall alone would call everybody positive."""
    labels, probability = np.array([0, 0, 1, 1], np.int8), np.array([0.1, 0.2, 0.3, 0.9])
    assert choose_threshold(labels, probability, metric) == pytest.approx(0.25)


def test_the_middle_of_the_longest_run_is_taken():
    """Where many thresholds are equally good, none at the edge is taken."""
    labels = np.array([0, 1], np.int8).repeat(50)
    probability = np.concatenate([np.full(50, 0.2), np.full(50, 0.8)])
    assert choose_threshold(labels, probability, "f1") == pytest.approx(0.5)


def test_a_tie_is_positive_in_every_arithmetic():
    """A threshold on an exact fraction is put below it, and above the next smaller one."""
    probability = np.array([0.25, 0.5, 0.5, 0.75])
    settled = settle_threshold(0.5, probability)
    assert 0.25 < settled < 0.5
    assert ((probability >= settled) == (probability >= 0.5)).all()
