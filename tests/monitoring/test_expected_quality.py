"""The quality to expect of answers without labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.monitoring.scored_rows import reference_of, scored_rows

from keepfit.errors import MonitoringError
from keepfit.evaluation import METRICS, scores
from keepfit.monitoring import expected_quality
from keepfit.profiles.output import output_profile

# Of probabilities that are even between 0 and 1, come true, and are decided at a half: by integrals over them.
OF_EVEN = {
    "accuracy": 3 / 4,
    "precision": 3 / 4,
    "recall": 3 / 4,
    "f1": 3 / 4,
    "roc_auc": 5 / 6,
    "log_loss": 1 / 2,
    "brier": 1 / 6,
}


def test_the_estimate_is_what_the_integrals_say():
    """Metrics of even probabilities are known exactly; the interval holds them."""
    reference = reference_of(20_000)
    expected = expected_quality(reference, reference.count(scored_rows(20_000, 1)[0]), seed=0)
    assert expected.scores.keys() == OF_EVEN.keys() <= METRICS.keys()
    for name, value in OF_EVEN.items():
        assert expected.scores[name].value == pytest.approx(value, abs=0.01)
        assert expected.scores[name].low < value < expected.scores[name].high


def test_scores_that_are_no_probabilities_are_calibrated():
    """Squared ones rank as well and decide as well, at the square of the threshold."""
    probability, labels = scored_rows(20_000, 0)
    reference = output_profile("good", probability**2, labels, threshold=0.25)
    expected = expected_quality(reference, reference.count(scored_rows(20_000, 1)[0] ** 2), seed=0)
    for name in ("accuracy", "f1", "roc_auc"):
        assert expected.scores[name].value == pytest.approx(OF_EVEN[name], abs=0.01)


def test_the_estimate_follows_a_change_of_the_data():
    """Higher scores make a better F1 (14/17 by the integrals): the estimate says so before a label has come."""
    reference = reference_of(5000)
    probability, labels = scored_rows(5000, 1, beta=(2, 1))
    expected = expected_quality(reference, reference.count(probability), seed=0)
    assert expected.scores["f1"].value == pytest.approx(14 / 17, abs=0.01)
    truth = scores(labels, probability, 0.5)
    for name, score in expected.scores.items():
        assert score.value == pytest.approx(truth[name], abs=0.02)


def test_the_interval_holds_what_turns_out():
    """Of 60 windows of 300 rows and references of 300, at least 50 turn out within it: chance lets fewer 1 in 1000."""
    within = dict.fromkeys(("f1", "roc_auc", "log_loss"), 0)
    for seed in range(60):
        reference = reference_of(300, seed, beta=(2, 3))
        probability, labels = scored_rows(300, 1000 + seed, beta=(2, 3))
        found = expected_quality(reference, reference.count(probability), seed=0).scores
        truth = scores(labels, probability, 0.5)
        for name in within:
            within[name] += found[name].low <= truth[name] <= found[name].high
    assert min(within.values()) >= 50


def test_only_answers_without_labels_are_counted():
    """Rows whose labels have come are left out; where all have come there is nothing to estimate."""
    reference = reference_of(1000)
    probability, labels = scored_rows(500, 1)
    labels[:200] = -1
    expected = expected_quality(reference, reference.count(probability, labels), seed=0)
    assert (expected.rows, expected.reference_rows) == (200, 1000)
    alone = expected_quality(reference, reference.count(probability[:200]), seed=0)
    for name, score in expected.scores.items():
        assert score.value == pytest.approx(alone.scores[name].value, abs=0.005)  # a bin has one mean for all its rows
    known = expected_quality(reference, reference.count(probability[200:], labels[200:]), seed=0)
    assert (known.rows, known.scores, known.reason) == (0, {}, "the label of every answer has come")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (reference_of(49), "the reference has 49 labelled rows, 1 more are needed"),
        (reference_of(500, threshold=None), "the reference does not know the threshold of decisions"),
        (
            reference_of(500, change=np.zeros_like),
            "the rarer class has 0 of the reference's 500 labelled rows, 5 more are needed",
        ),
    ],
)
def test_a_reference_that_says_too_little_is_told(reference, said):
    """Few labels, one class, no threshold: no estimate, and why."""
    expected = expected_quality(reference, reference.count(np.array([0.5])), seed=0)
    assert (expected.scores, expected.reason) == ({}, said)


def test_other_bins_are_refused():
    """Scores in other bins are no rows of the same kind."""
    window = reference_of(100, 5)
    with pytest.raises(MonitoringError, match="good were counted in other bins"):
        expected_quality(reference_of(100, 6), window, seed=0)


def test_labels_of_other_answers_are_refused():
    """More labels than scores in a bin: which answers wait for theirs cannot be known."""
    reference = reference_of(200)
    window = replace(reference.count(np.array([0.5])), labelled=reference.labelled, positives=reference.positives)
    with pytest.raises(ValueError, match="answers that are not in the window"):
        expected_quality(reference, window, seed=0)


def test_one_answer_has_an_estimate():
    """However wide; ROC AUC of a single row is none."""
    reference = reference_of(300)
    expected = expected_quality(reference, reference.count(np.array([0.9])), seed=0)
    assert expected.scores["accuracy"].value == pytest.approx(0.9, abs=0.1)
    assert np.isnan(expected.scores["roc_auc"].low)


def test_the_same_seed_says_the_same():
    """A check that is repeated is the same check."""
    reference = reference_of(300)
    window = reference.count(scored_rows(300, 1)[0])
    first = expected_quality(reference, window, seed=4)
    assert first == expected_quality(replace(reference), window, seed=4)
    assert first.to_dict()["scores"]["f1"]["value"] == first.scores["f1"].value
