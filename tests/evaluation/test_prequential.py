"""Scores of rows that were asked before they were learnt."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, log_loss, precision_score, recall_score, roc_auc_score

from keepfit.evaluation.prequential import PREQUENTIAL_METRICS, AnsweredRows, prequential_scores
from keepfit.project.stream_section import memory_rows

ROWS = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=60)
CUTS = st.lists(st.integers(0, 60), max_size=5)
FADINGS = st.sampled_from([0.51, 0.7, 0.9, 0.95, 0.998])


def arrays(rows):
    labels, answers = zip(*rows, strict=True)
    return np.array(labels, dtype=np.int8), np.array(answers)


HALF = {"one": 0.5, "other": 0.5}


def of_one(labels, answers, threshold=0.5):
    """Rows of one role, all decided by the same threshold."""
    return AnsweredRows(labels, {"a": answers}, {"a": np.full(len(labels), threshold)})


def gone_through(rows, cuts, fading):
    """The rows in batches, cut at these places."""
    labels, answers = arrays(rows)
    places = sorted({0, len(labels), *(cut for cut in cuts if cut < len(labels))})
    answered = AnsweredRows.none(["one", "other"])
    for begin, end in itertools.pairwise(places):
        batch = {"one": answers[begin:end], "other": 1 - answers[begin:end]}
        answered = answered.with_batch(labels[begin:end], batch, HALF, fading)
    return answered


@given(ROWS, CUTS, FADINGS)
def test_how_rows_are_cut_into_batches_changes_nothing(rows, cuts, fading):
    """What is remembered, and every score of it."""
    cut, whole = gone_through(rows, cuts, fading), gone_through(rows, [], fading)
    assert np.array_equal(cut.labels, whole.labels)
    for role in ("one", "other"):
        assert np.array_equal(cut.answers[role], whole.answers[role])
        assert cut.faded(role, fading) == whole.faded(role, fading)
        assert cut.windowed(role, fading) == whole.windowed(role, fading)


@given(ROWS, CUTS, FADINGS)
def test_what_is_remembered_is_bounded(rows, cuts, fading):
    """The newest rows, as many as still count."""
    answered = gone_through(rows, cuts, fading)
    labels, answers = arrays(rows)
    most = memory_rows(fading)
    assert np.array_equal(answered.labels, labels[-most:])
    assert np.array_equal(answered.answers["one"], answers[-most:])


@pytest.mark.parametrize("fading", [0.51, 0.9, 0.99, 0.998, 0.9999])
def test_a_row_is_let_go_when_it_counts_a_thousandth(fading):
    """Not before, and not long after."""
    rows = memory_rows(fading)
    assert fading**rows <= 1e-3 < fading ** (rows - 1)
    assert rows > round(1 / (1 - fading))  # a window of it is remembered as well


def test_the_newest_row_counts_most():
    """Log-losses 1, 2 and 3 of which each counts half of the next: (1/4 + 2/2 + 3) / (1/4 + 1/2 + 1)."""
    answers = np.exp([-1.0, -2.0, -3.0])
    answered = of_one(np.ones(3, dtype=np.int8), answers)
    assert answered.faded("a", 0.5)["log_loss"] == pytest.approx((1 / 4 + 2 / 2 + 3) / (1 / 4 + 1 / 2 + 1))


def test_faded_scores_count_rows_by_their_weights():
    """Recall, precision and F1 of weights 1/8, 1/4, 1/2 and 1."""
    labels, answers = np.array([1, 1, 0, 1], dtype=np.int8), np.array([0.9, 0.2, 0.7, 0.6])
    scores = of_one(labels, answers).faded("a", 0.5)
    hits, positives, decided = 1 / 8 + 1, 1 / 8 + 1 / 4 + 1, 1 / 8 + 1 / 2 + 1
    assert scores["recall"] == pytest.approx(hits / positives)
    assert scores["precision"] == pytest.approx(hits / decided)
    assert scores["f1"] == pytest.approx(2 * hits / (positives + decided))
    assert scores["roc_auc"] == pytest.approx((1 / 8) / positives)  # only the oldest positive is above the negative


def test_a_window_counts_the_newest_rows_alike():
    """Of a fading factor of 0.9 the last ten; what was before is as if it had not been."""
    rng = np.random.default_rng(0)
    labels, answers = rng.integers(0, 2, 40).astype(np.int8), rng.random(40)
    answered = of_one(labels, answers)
    assert answered.windowed("a", 0.9) == prequential_scores(labels[-10:], answers[-10:], 0.5)
    others = of_one(np.concatenate([1 - labels[:-10], labels[-10:]]), answers)
    assert others.windowed("a", 0.9) == answered.windowed("a", 0.9)
    assert others.faded("a", 0.9) != answered.faded("a", 0.9)


def test_scores_are_those_that_are_known():
    """As scikit-learn has them, with weights and without; a probability at the threshold decides positive."""
    rng = np.random.default_rng(1)
    labels, answers, weights = rng.integers(0, 2, 200).astype(np.int8), rng.random(200).round(2), rng.random(200)
    for weighed in (None, weights):
        found = prequential_scores(labels, answers, 0.4, weighed)
        assert tuple(found) == PREQUENTIAL_METRICS
        decided = answers >= 0.4
        bounded = np.clip(answers, np.finfo(np.float64).eps, 1 - np.finfo(np.float64).eps)
        assert found == pytest.approx(
            {
                "log_loss": log_loss(labels, bounded, sample_weight=weighed),
                "roc_auc": roc_auc_score(labels, answers, sample_weight=weighed),
                "f1": f1_score(labels, decided, sample_weight=weighed),
                "precision": precision_score(labels, decided, sample_weight=weighed),
                "recall": recall_score(labels, decided, sample_weight=weighed),
            }
        )


@pytest.mark.parametrize(
    ("labels", "answers", "absent"),
    [
        ([1, 1], [0.9, 0.2], {"roc_auc"}),
        ([0, 0], [0.9, 0.2], {"roc_auc", "recall"}),
        ([0, 0], [0.1, 0.2], {"roc_auc", "recall", "precision", "f1"}),
        ([1, 1], [0.1, 0.2], {"roc_auc", "precision"}),
        ([0, 1], [0.1, 0.2], {"precision"}),
        ([0, 1], [0.1, 0.9], set()),
    ],
)
def test_what_is_not_defined_is_absent(labels, answers, absent):
    """None, and not 0, which would be the worst; the rest are numbers."""
    found = prequential_scores(np.array(labels, dtype=np.int8), np.array(answers), 0.5)
    assert {name for name, value in found.items() if value is None} == absent
    assert all(math.isfinite(value) for value in found.values() if value is not None)


@given(ROWS, FADINGS)
def test_no_score_is_nan(rows, fading):
    """A number or nothing, whatever the rows."""
    answered = gone_through(rows, [], fading)
    for found in (answered.faded("one", fading), answered.windowed("one", fading)):
        assert all(value is None or math.isfinite(value) for value in found.values())
        assert found["log_loss"] is not None


def test_rows_that_were_worst_are_recall_and_auc_0():
    """Which is not the same as none."""
    found = prequential_scores(np.array([1, 0], dtype=np.int8), np.array([0.1, 0.9]), 0.5)
    assert (found["roc_auc"], found["recall"], found["precision"], found["f1"]) == (0.0, 0.0, 0.0, 0.0)


def test_the_newest_rows_are_handed_out():
    """So many, with what was answered and decided; of none, none."""
    rows = of_one(np.array([1, 0, 1], dtype=np.int8), np.array([0.1, 0.2, 0.3]))
    assert rows.newest(2).labels.tolist() == [0, 1]
    assert rows.newest(2).answers["a"].tolist() == [0.2, 0.3]
    assert rows.newest(0).labels.tolist() == []
    assert rows.newest(9).labels.tolist() == [1, 0, 1]


def test_a_decision_is_that_of_its_time():
    """A later threshold decides later rows: it does not make old decisions right."""
    labels, answers = np.array([1, 0], dtype=np.int8), {"a": np.array([0.6, 0.4])}
    rows = AnsweredRows.none(["a"]).with_batch(labels, answers, {"a": 0.7}, 0.9)
    assert rows.faded("a", 0.9)["recall"] == 0
    rows = rows.with_batch(labels, answers, {"a": 0.5}, 0.9)
    assert rows.thresholds["a"].tolist() == [0.7, 0.7, 0.5, 0.5]
    assert rows.windowed("a", 0.9)["recall"] == 0.5
    assert rows.windowed("a", 0.9)["precision"] == 1
