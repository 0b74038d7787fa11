"""Quality: the same scores as in training, and when they are too low."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.evaluation import scores
from keepfit.monitoring import measure
from keepfit.project.monitoring_section import MonitoringSection


def labelled(rows, agreeing, seed=0):
    """Draw probabilities, and labels of which a share agrees with the decision."""
    rng = np.random.default_rng(seed)
    probability = rng.beta(4, 2, rows)
    decided = probability >= 0.5
    labels = np.where(rng.random(rows) < agreeing, decided, ~decided)
    return labels.astype(np.int8), probability


def test_the_scores_are_those_of_training():
    """One function scores here and there."""
    labels, probability = labelled(500, 0.8)
    quality = measure(labels, probability, MonitoringSection(), 0.5, seed=0)
    assert {name: score.value for name, score in quality.scores.items()} == scores(labels, probability, 0.5)
    assert quality.labelled == 500
    total = quality.confusion
    assert total.true_negative + total.false_positive + total.false_negative + total.true_positive == 500


@pytest.mark.parametrize(("agreeing", "is_below"), [(0.5, True), (0.6, False), (0.8, False)])
def test_the_floor_is_passed_with_the_whole_interval_only(agreeing, is_below):
    """Half noise is below a floor of 0.65; a point just below it, whose interval is not, is no alarm."""
    labels, probability = labelled(800, agreeing)
    quality = measure(labels, probability, MonitoringSection(min_f1=0.65), 0.5, seed=0)
    assert quality.is_below_floor == is_below
    assert quality.is_below_floor == (quality.scores["f1"].high < 0.65)


@pytest.mark.parametrize(("rows", "one_class"), [(199, False), (500, True)])
def test_few_labels_or_one_class_are_insufficient(rows, one_class):
    """Nothing is said on too little."""
    labels, probability = labelled(rows, 0.5)
    if one_class:
        labels[:] = 0
    quality = measure(labels, probability, MonitoringSection(min_f1=0.9), 0.5, seed=0)
    assert not quality.is_sufficient
    assert not quality.is_below_floor
