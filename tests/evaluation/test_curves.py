"""ROC, precision and recall, and calibration."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_curve

from keepfit.evaluation import calibration_error, rank_curves, reliability


def rows(count: int, seed: int = 0, digits: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return labels drawn from their own probabilities, which repeat."""
    rng = np.random.default_rng(seed)
    probability = rng.beta(2, 3, count).round(digits)
    return (rng.random(count) < probability).astype(np.int8), probability


def test_the_points_are_those_of_scikit_learn():
    """On few rows with ties every threshold is a point of both curves."""
    labels, probability = rows(150, digits=2)
    found = rank_curves(labels, probability)
    false, true, _ = roc_curve(labels, probability, drop_intermediate=False)
    assert found.false_positive_rate == pytest.approx(false[1:])
    assert found.recall == pytest.approx(true[1:])
    precision, recall, _ = precision_recall_curve(labels, probability)
    assert found.precision == pytest.approx(precision[:-1][::-1])
    assert found.recall == pytest.approx(recall[:-1][::-1])


def test_a_long_curve_has_few_points_and_both_ends():
    """Of thousands of thresholds 200 are kept; the last is all rows."""
    labels, probability = rows(20_000, digits=6)
    found = rank_curves(labels, probability)
    assert len(found.recall) == 200
    assert (found.false_positive_rate[-1], found.recall[-1]) == (1.0, 1.0)
    assert found.precision[-1] == pytest.approx(labels.mean())


def test_one_class_has_no_curve():
    """Neither rate is defined without a row of each class."""
    with pytest.raises(ValueError, match="both classes"):
        rank_curves(np.ones(5, np.int8), np.full(5, 0.5))


def test_every_row_is_in_one_bin():
    """The bins rise, hold all rows and all positives."""
    labels, probability = rows(997)
    found = reliability(labels, probability)
    assert sum(one.rows for one in found) == 997
    assert sum(one.rows * one.observed.value for one in found) == pytest.approx(labels.sum())
    assert [one.predicted for one in found] == sorted(one.predicted for one in found)
    assert len(found) == 10


def test_rows_of_one_probability_stay_together():
    """A constant prediction is one bin, as far off as it is."""
    labels = np.array([1, 0, 0, 0] * 25, np.int8)
    (found,) = reliability(labels, np.full(100, 0.3))
    assert (found.rows, found.predicted, found.observed.value) == (100, pytest.approx(0.3), 0.25)
    assert calibration_error(labels, np.full(100, 0.3)) == pytest.approx(0.05)


def test_calibrated_probabilities_have_little_error():
    """Labels drawn from the probabilities err by chance only; squared probabilities err more."""
    labels, probability = rows(20_000)
    assert calibration_error(labels, probability) < 0.015
    assert calibration_error(labels, probability**2) > 0.1
