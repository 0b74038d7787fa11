"""The course of a stream: each batch is asked before it is learnt, and the challenger judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from keepfit.project.stream_section import StreamSection
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.incremental import LearnerTask, build_learner
from keepfit.workflows.stream.course import Answerer, Batch, Course

SIGNATURE = Signature((Column("a", Kind.NUMBER),), Outcome("y", "no", "yes"))
SECTION = StreamSection(strategy="linear", parameters={"eta0": 0.1}, batch_rows=20, min_rows=60)


def sure(matrix):
    """Answer 0.9 above 0 and 0.1 below."""
    return np.where(matrix[:, 0] > 0, 0.9, 0.1)


CHAMPION = Answerer(1, 0.5, sure)


def batch(rows: int, seed: int, *, is_flipped: bool = False, **named: Any) -> Batch:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 1)).astype(np.float32)
    is_positive = rng.random(rows) < sure(-matrix if is_flipped else matrix)
    return Batch(matrix, is_positive.astype(np.int8), "b", **named)


def course_of(state: Any = None, **named: Any) -> Course:
    """Return a course that begins with rows of the champion's concept."""
    known, training = batch(200, 1), TrainingSection()
    learner = build_learner(LearnerTask(SIGNATURE, SECTION, training, 0), known.matrix, known.labels, state)
    taught = (200, int(known.labels.sum()))
    return Course(learner, CHAMPION, SECTION, training, taught=taught, **named)


def test_a_batch_is_asked_before_it_is_learnt():
    """The challenger's answers are those of what it knew, and what it knows afterwards is another thing."""
    course, rows = course_of(), batch(20, 2, is_flipped=True)
    before = course.learner.probability(rows.matrix)
    course.take(rows, CHAMPION)
    np.testing.assert_array_equal(course.standing.answered.answers["challenger"], before)
    assert (course.learner.probability(rows.matrix) != before).any()


def test_the_prior_knows_the_rows_before_only():
    """At first the share of those that trained, and then of all so far, as if there had been one row more of a half."""
    course = course_of()
    first, second = batch(20, 2), batch(10, 3)
    course.take(first, CHAMPION)
    course.take(second, CHAMPION)
    trained = batch(200, 1).labels.sum()
    shares = [(trained + 0.5) / 201, (trained + first.labels.sum() + 0.5) / 221]
    assert course.standing.answered.answers["prior"].tolist() == [shares[0]] * 20 + [shares[1]] * 10


def test_rows_in_are_rows_counted():
    """Batches, rows, positives, rows left out."""
    course = course_of()
    batches = [batch(20, 2, left_out=3), batch(7, 3, waiting_rows=40), batch(1, 4)]
    facts = [course.take(one, CHAMPION) for one in batches]
    assert [(one.number, one.rows, one.left_out, one.waiting_rows) for one in facts] == [
        (1, 20, 3, 0),
        (2, 7, 0, 40),
        (3, 1, 0, 0),
    ]
    now = course.standing
    assert (now.batches, now.rows, now.left_out) == (3, 28, 3)
    assert now.positives == sum(int(one.labels.sum()) for one in batches)
    assert {mean.count for mean in now.losses.values()} == {28}
    course.leave_out(5)
    assert (course.standing.batches, course.standing.rows, course.standing.left_out) == (3, 28, 8)


@pytest.mark.parametrize("label", [0, 1])
def test_a_batch_of_one_class_is_learnt_and_has_no_auc(label):
    """Absent, not 0; its log-loss is known, and the learner has moved."""
    course, rows = course_of(), batch(20, 2)
    rows = Batch(rows.matrix, np.full(20, label, dtype=np.int8), "b")
    before = course.learner.probability(rows.matrix).mean()
    facts = course.take(rows, CHAMPION)
    for scores in (facts.batch, facts.faded, facts.windowed):
        assert {one["roc_auc"] for one in scores.values()} == {None}
        assert all(one["log_loss"] > 0 for one in scores.values())
    assert (course.learner.probability(rows.matrix).mean() > before) == bool(label)
    assert course.take(batch(20, 3), CHAMPION).faded["champion"]["roc_auc"] is not None


def test_a_stable_stream_has_no_better_challenger():
    """However often one looks, over ten seeds."""
    for seed in range(10):
        course = course_of()
        found = [course.take(batch(20, 1000 * seed + at), CHAMPION) for at in range(40)]
        assert not any(one.takeover.is_better for one in found)


def test_a_turned_concept_is_seen_and_the_challenger_is_better():
    """The champion's loss rises, the comparison begins anew there, and the challenger is shown to be better."""
    course = course_of()
    for at in range(10):
        assert not course.take(batch(20, at), CHAMPION).drifted
    found = [course.take(batch(20, 50 + at, is_flipped=True), CHAMPION) for at in range(15)]
    seen = next(one for one in found if "champion" in one.drifted)
    assert [one.compared_rows for one in found if one.number == seen.number + 1] == [20]
    better = next(one for one in found if one.takeover.is_better)
    assert better.takeover.bound > 0
    assert better.compared_rows >= SECTION.min_rows
    assert better.faded["challenger"]["log_loss"] < better.faded["frozen"]["log_loss"]


def test_too_few_rows_show_nothing():
    """Before so many are compared, nobody takes over."""
    course = course_of()
    found = [course.take(batch(20, at, is_flipped=True), CHAMPION) for at in range(4)]
    assert [one.takeover.is_better for one in found[:2]] == [False, False]
    assert found[0].takeover.reason == "20 rows are compared, 60 are needed"


def test_another_champion_is_compared_anew():
    """The frozen one stays, the gains and the detector begin again."""
    course = course_of()
    for at in range(3):
        course.take(batch(20, at), CHAMPION)
    other = Answerer(2, 0.3, lambda matrix: np.full(len(matrix), 0.25))
    facts = course.take(batch(20, 9), other)
    assert (facts.champion, facts.compared_rows) == (2, 20)
    assert course.detectors["champion"].width == 20
    assert course.detectors["challenger"].width == 80
    assert course.standing.answered.answers["champion"][-20:].tolist() == [0.25] * 20
    assert set(course.standing.answered.answers["frozen"][-20:].tolist()) == {0.1, 0.9}
