"""Quality: the same scores as in training, and when they are too low."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.evaluation import Part, scores, slice_scores
from keepfit.monitoring import QualityContext, measure_quality
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.project.training_section import Costs


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
    quality = measure_quality(labels, probability, MonitoringSection(), 0.5, seed=0)
    assert {name: score.value for name, score in quality.scores.items()} == scores(labels, probability, 0.5)
    assert quality.labelled == 500
    total = quality.confusion
    assert total.true_negative + total.false_positive + total.false_negative + total.true_positive == 500


def test_the_published_class_drift_is_reproduced():
    """2000 simulated inferences of the published credit system, by classes alone: Evidently 0.6.7's figures."""
    labels = np.repeat([0, 0, 1, 1], [446, 548, 443, 563]).astype(np.int8)
    decided = np.repeat([0.0, 1.0, 0.0, 1.0], [446, 548, 443, 563])
    quality = measure_quality(labels, decided, MonitoringSection(min_f1=0.65), 0.5, seed=0)
    found = [round(quality.scores[name].value, 5) for name in ("accuracy", "precision", "recall", "f1")]
    assert found == [0.5045, 0.50675, 0.55964, 0.53188]
    counts = quality.confusion
    cells = (counts.true_negative, counts.false_positive, counts.false_negative, counts.true_positive)
    assert cells == (446, 548, 443, 563)
    assert quality.is_below_floor


@pytest.mark.parametrize(("agreeing", "is_below"), [(0.5, True), (0.6, False), (0.8, False)])
def test_the_floor_is_passed_with_the_whole_interval_only(agreeing, is_below):
    """Half noise is below a floor of 0.65; a point just below it, whose interval is not, is no alarm."""
    labels, probability = labelled(800, agreeing)
    quality = measure_quality(labels, probability, MonitoringSection(min_f1=0.65), 0.5, seed=0)
    assert quality.is_below_floor == is_below
    assert quality.is_below_floor == (quality.scores["f1"].high < 0.65)


@pytest.mark.parametrize(
    ("rows", "one_class", "said"),
    [
        (199, False, "199 labels have come, 1 more are needed"),
        (1, True, "1 label has come, 199 more are needed"),
        (500, True, "all 500 labels are of one class, 10 of the other are needed"),
    ],
)
def test_few_labels_or_one_class_are_insufficient(rows, one_class, said):
    """Nothing is said on too little, but what is missing."""
    labels, probability = labelled(rows, 0.5)
    if one_class:
        labels[:] = 0
    context = QualityContext(held_out={"f1": (0.99, 0.98, 1.0)})
    quality = measure_quality(labels, probability, MonitoringSection(min_f1=0.9), 0.5, seed=0, context=context)
    assert (quality.is_sufficient, quality.reason) == (False, said)
    assert not quality.is_below_floor
    assert quality.worse == ()


def test_what_is_worse_than_on_the_held_out_rows_is_named():
    """F1 has fallen beyond both intervals; the Brier score is as it was."""
    labels, probability = labelled(1000, 0.7)
    now = scores(labels, probability, 0.5)
    held_out = {"f1": (0.95, 0.94, 0.96), "brier": (now["brier"], now["brier"] - 0.01, now["brier"] + 0.01)}
    quality = measure_quality(labels, probability, MonitoringSection(), 0.5, seed=0, context=QualityContext(held_out))
    assert quality.worse == ("f1",)
    assert list(quality.differences) == ["f1", "brier"]
    assert quality.differences["f1"].difference.value == pytest.approx(now["f1"] - 0.95)


def test_parts_are_scored_as_in_training():
    """The same parts with the same scores; costs count where they are declared."""
    labels, probability = labelled(600, 0.8)
    parts = [Part("age", "old", np.arange(600) < 200), Part("age", "young", np.arange(600) >= 200)]
    costs = Costs(false_positive=1.0, false_negative=5.0)
    context = QualityContext(parts=parts, metric="cost", costs=costs)
    quality = measure_quality(labels, probability, MonitoringSection(), 0.5, seed=0, context=context)
    expected = slice_scores(labels, probability, 0.5, parts, metric="cost", seed=0, costs=costs)
    assert [one.scores["cost"].value for one in quality.slices] == [one.scores["cost"].value for one in expected]
    assert [one.rows for one in quality.slices] == [200, 400]
    assert quality.scores["cost"].value == scores(labels, probability, 0.5, costs)["cost"]


def test_periods_need_times():
    """Without them nothing is cut by time."""
    labels, probability = labelled(600, 0.8)
    context = QualityContext(at_seconds=np.arange(600.0))
    assert len(measure_quality(labels, probability, MonitoringSection(), 0.5, seed=0, context=context).periods) == 10
    assert measure_quality(labels, probability, MonitoringSection(), 0.5, seed=0).periods == ()


def test_few_rows_of_the_rarer_class_are_too_few():
    """A bootstrap of one positive has an F1 of nothing, surely: it is told, and is no alarm."""
    labels = np.zeros(300, dtype=np.int8)
    labels[:9] = 1
    quality = measure_quality(labels, np.full(300, 0.1), MonitoringSection(), 0.5, seed=0)
    assert (quality.is_sufficient, quality.is_below_floor) == (False, False)
    assert quality.reason == "only 9 of 300 labels are of the rarer class, 10 are needed"
