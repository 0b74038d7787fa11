"""Metrics, against scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from keepfit.evaluation import METRICS, scores
from keepfit.evaluation.metrics import ready_rows, weighted_scores
from keepfit.project.training_section import Costs

COSTS = Costs(false_positive=1.5, false_negative=5, true_positive=-2, true_negative=0.25)


def cost(labels, probability, threshold, weights):
    """Return the mean cost, from scikit-learn's confusion matrix."""
    spent = np.array([[COSTS.true_negative, COSTS.false_positive], [COSTS.false_negative, COSTS.true_positive]])
    counts = sk.confusion_matrix(labels, probability >= threshold, sample_weight=weights, labels=[0, 1])
    return (counts * spent).sum() / counts.sum()


REFERENCE = {
    "accuracy": lambda y, p, t, w: sk.accuracy_score(y, p >= t, sample_weight=w),
    "precision": lambda y, p, t, w: sk.precision_score(y, p >= t, sample_weight=w, zero_division=0),
    "recall": lambda y, p, t, w: sk.recall_score(y, p >= t, sample_weight=w, zero_division=0),
    "f1": lambda y, p, t, w: sk.f1_score(y, p >= t, sample_weight=w, zero_division=0),
    "roc_auc": lambda y, p, t, w: sk.roc_auc_score(y, p, sample_weight=w),
    "pr_auc": lambda y, p, t, w: sk.average_precision_score(y, p, sample_weight=w),
    "log_loss": lambda y, p, t, w: sk.log_loss(y, p, sample_weight=w, labels=[0, 1]),
    "brier": lambda y, p, t, w: sk.brier_score_loss(y, p, sample_weight=w),
    "cost": cost,
}

rows = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.01, 0.2, 0.5, 0.500001, 0.7, 0.99]), st.integers(1, 4)),
    min_size=2,
    max_size=40,
).filter(lambda drawn: len({label for label, _, _ in drawn}) == 2)


def test_every_metric_has_a_reference():
    """No metric goes untested."""
    assert set(REFERENCE) == set(METRICS)


@given(rows)
def test_scores_equal_scikit_learn(drawn):
    """Every metric equals scikit-learn's, ties and weights included."""
    labels, probability, weights = (np.array(column) for column in zip(*drawn, strict=True))
    ready = ready_rows(labels.astype(np.int8), probability, 0.5)
    ours = weighted_scores(ready, weights[None, :].astype(float), costs=COSTS)
    for name, reference in REFERENCE.items():
        assert ours[name][0] == pytest.approx(reference(labels, probability, 0.5, weights), abs=1e-12), name


@given(rows)
def test_a_weight_is_a_repetition(drawn):
    """A row of weight 3 counts as three rows."""
    labels, probability, weights = (np.array(column) for column in zip(*drawn, strict=True))
    weighted = weighted_scores(ready_rows(labels.astype(np.int8), probability, 0.5), weights[None, :].astype(float))
    repeated = scores(np.repeat(labels, weights).astype(np.int8), np.repeat(probability, weights), 0.5)
    for name, value in repeated.items():
        assert weighted[name][0] == pytest.approx(value, abs=1e-12)


def test_without_declared_costs_there_is_no_cost():
    """A cost is reported only where somebody has said what decisions cost."""
    assert "cost" not in scores(np.array([0, 1], np.int8), np.array([0.2, 0.7]), 0.5)


def test_one_class_has_no_area():
    """Areas are undefined with one class; the rest is defined."""
    found = scores(np.ones(3, dtype=np.int8), np.array([0.1, 0.6, 0.9]), 0.5)
    assert math.isnan(found["roc_auc"])
    assert math.isnan(found["pr_auc"])
    assert found["recall"] == pytest.approx(2 / 3)


def test_no_positive_decision_scores_zero():
    """Precision, recall and F1 are 0 when nothing is decided positive."""
    found = scores(np.array([0, 1], dtype=np.int8), np.array([0.1, 0.2]), 0.5)
    assert (found["precision"], found["recall"], found["f1"]) == (0.0, 0.0, 0.0)


def test_other_shapes_are_a_mistake():
    """Arrays that do not fit are refused."""
    with pytest.raises(ValueError, match="do not fit"):
        scores(np.zeros(2, dtype=np.int8), np.zeros(3), 0.5)
