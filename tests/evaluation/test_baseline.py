"""Baselines and the confusion matrix."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from keepfit.evaluation import (
    Confusion,
    best_constant,
    confusion,
    constant_baseline,
    frequency_baseline,
    frequent_baseline,
)
from keepfit.project.training_section import Costs

LABELS = np.array([1, 1, 1, 0], dtype=np.int8)


def test_the_constant_baseline_says_the_share():
    """Predicting the share everywhere decides for the majority and ranks nothing."""
    found = constant_baseline(0.75, LABELS, 0.5)
    assert found["accuracy"] == 0.75
    assert found["f1"] == pytest.approx(2 * 0.75 / 1.75)
    assert found["roc_auc"] == 0.5


@pytest.mark.parametrize(
    ("share", "accuracy", "f1", "cost"), [(0.6, 0.75, 6 / 7, 0.25), (0.4, 0.25, 0.0, 0.75 * 5)], ids=["yes", "no"]
)
def test_the_most_frequent_class_is_that_of_the_training_rows(share, accuracy, f1, cost):
    """Always the class that most training rows have, whatever the rows that are reported on have; decisions only."""
    assert frequent_baseline(share, LABELS, Costs(false_negative=5.0)) == pytest.approx(
        {"accuracy": accuracy, "precision": accuracy if f1 else 0.0, "recall": float(f1 > 0), "f1": f1, "cost": cost}
    )


@pytest.mark.parametrize(
    ("metric", "best"),
    [
        ("f1", 6 / 7),
        ("accuracy", 0.75),
        ("recall", 1.0),
        ("roc_auc", 0.5),
        ("brier", 0.1875),
        ("log_loss", 0.5623351446),
    ],
)
def test_the_best_constant_is_known(metric, best):
    """The best constant answer scores what a hand finds: 3 of 4 positives, entropy of 1/4 in nats."""
    assert best_constant(metric, LABELS) == pytest.approx(best)


def test_the_confusion_equals_scikit_learn():
    """The four counts equal scikit-learn's matrix, row by row."""
    rng = np.random.default_rng(0)
    labels, probability = rng.integers(0, 2, 50).astype(np.int8), rng.random(50)
    expected = confusion_matrix(labels, probability >= 0.4).ravel()
    assert confusion(labels, probability, 0.4) == Confusion(*expected)


def test_what_no_skill_says_of_products():
    """How often each product was taken of those who could take it; and how often any was."""
    taken = np.array([[True, False, False], [True, False, False], [False, True, False]])
    is_open = np.array([[True, True, False], [True, False, False], [True, True, False]])
    found = frequency_baseline(taken, is_open)
    assert found["frequency"].tolist() == [2 / 3, 1 / 2, 0]
    assert found["constant"].tolist() == [3 / 5] * 3


def test_a_product_that_nobody_could_take_is_at_nothing():
    """Of no rows at all too: nothing is divided by nothing."""
    none = np.zeros((0, 2), dtype=np.bool_)
    found = frequency_baseline(none, none)
    assert {name: shares.tolist() for name, shares in found.items()} == {"frequency": [0, 0], "constant": [0, 0]}
