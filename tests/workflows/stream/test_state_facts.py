"""A course and a journey as a state, and back; under the same settings only."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.workflows.stream.test_course import CHAMPION, course_of

from keepfit.errors import StreamError
from keepfit.project.stream_section import StreamSection
from keepfit.project.training_section import TrainingSection
from keepfit.workflows.stream.course import Batch
from keepfit.workflows.stream.journey import Journey
from keepfit.workflows.stream.saved_state import SavedState, StateFolder
from keepfit.workflows.stream.state_facts import (
    detectors_of,
    learner_state,
    require_same,
    saved,
    settings_of,
    standing_of,
)
from stream_project import declare

SECTION, TRAINING = StreamSection(min_rows=20), TrainingSection()


def back(folder, state: SavedState) -> SavedState:
    """Return a state as it is read from disk."""
    kept = StateFolder(folder)
    kept.save(state)
    return kept.newest().state


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 99)), max_size=4))
def test_a_standing_comes_back_as_it_was(tmp_path_factory, batches):
    """After any batches, of one class too; and so do the detectors."""
    course, journey = course_of(), Journey("s", 1)
    for rows, seed in batches:
        rng = np.random.default_rng(seed)
        matrix = rng.normal(size=(rows, 1)).astype(np.float32)
        labels = (rng.random(rows) < seed / 99).astype(np.int8)
        journey.add(course.take(Batch(matrix, labels, "b", left_out=1), CHAMPION), may_take_over=True)
    state = back(tmp_path_factory.mktemp("stream"), saved(course, journey, {"a": 1}))
    found, was = standing_of(state), course.standing
    assert replace(found, answered=was.answered) == was
    np.testing.assert_array_equal(found.answered.labels, was.answered.labels)
    assert found.answered.labels.dtype == was.answered.labels.dtype
    assert found.answered.answers.keys() == was.answered.answers.keys()
    for role, answers in was.answered.answers.items():
        np.testing.assert_array_equal(found.answered.answers[role], answers)
    for role, thresholds in was.answered.thresholds.items():
        np.testing.assert_array_equal(found.answered.thresholds[role], thresholds)
    for role, detector in detectors_of(state).items():
        assert detector.state()["losses"].tolist() == course.detectors[role].state()["losses"].tolist()
    assert Journey.from_dict(state.facts["journey"], journey.history) == journey
    assert {name: one.tolist() for name, one in learner_state(state).items()} == {
        name: one.tolist() for name, one in course.learner.state().items()
    }


@settings(max_examples=15)
@given(st.sets(st.integers(1, 9)))
def test_where_a_stream_was_cut_changes_nothing(tmp_path_factory, cuts):
    """Saved, read and gone on with behind any of its batches: the same facts of each batch, and the same end."""
    rng = np.random.default_rng(5)
    batches = [
        Batch(rng.normal(size=(20, 1)).astype(np.float32), rng.integers(0, 2, 20).astype(np.int8), f"b{at}")
        for at in range(10)
    ]
    folder = tmp_path_factory.mktemp("stream")
    whole, cut, told = course_of(), course_of(), []
    for at, batch in enumerate(batches):
        if at in cuts:
            state = back(folder, saved(cut, Journey("s", 1), {}))
            cut = course_of(learner_state(state), standing=standing_of(state), detectors=detectors_of(state))
        told.append((whole.take(batch, CHAMPION), cut.take(batch, CHAMPION)))
    assert all(replace(one, learn_seconds=0.0) == replace(other, learn_seconds=0.0) for one, other in told)
    ends = [saved(one, Journey("s", 1), {}) for one in (whole, cut)]
    assert ends[0].facts == ends[1].facts
    for name, value in ends[0].arrays.items():
        np.testing.assert_array_equal(value, ends[1].arrays[name])


@pytest.mark.parametrize(
    ("changes", "more", "named"),
    [
        ({"strategy": "window"}, "", "[stream] strategy"),
        ({"parameters": {"eta0": 0.1}}, "", "[stream] parameters"),
        ({"window_rows": 900}, "", "[stream] window_rows"),
        ({"batch_rows": 50}, "", "[stream] batch_rows"),
        ({"drift_significance": 0.01}, "", "[stream] drift_significance"),
        ({"fading": 0.99}, "", "[stream] fading"),
        ({}, '[training]\nmissing = "zero"\n', "[training] missing"),
    ],
)
def test_settings_that_have_changed_are_refused(tmp_path, changes, more, named):
    """The first that differs is named, with what it was and is, and the way out."""
    began = settings_of(declare(tmp_path).project, "f")
    state = SavedState(1, json.loads(json.dumps({"settings": began})), {})
    require_same(state, began, "here")
    text = (tmp_path / "keepfit.toml").read_text()
    rooms = declare(tmp_path, **changes)
    if more:
        (tmp_path / "keepfit.toml").write_text(
            text.replace("[[training.candidates]]", f"{more}[[training.candidates]]")
        )
        rooms = type(rooms).open(tmp_path)
    with pytest.raises(StreamError) as told:
        require_same(state, settings_of(rooms.project, "f"), "here")
    assert str(told.value).startswith(f"here: {named} is ")
    assert "when the stream began it was" in str(told.value)
    assert "--restart" in str(told.value)


@pytest.mark.parametrize(
    "changes", [{"pace_seconds": 1.0}, {"min_rows": 500}, {"takes_over": "proposes"}, {"source": "x"}]
)
def test_what_does_not_touch_what_was_learnt_may_change(tmp_path, changes):
    """How fast, from where, what a challenger must show, and what becomes of it."""
    began = settings_of(declare(tmp_path).project, "f")
    assert settings_of(declare(tmp_path, **changes).project, "f") == began


def test_another_table_is_refused(tmp_path):
    """What it began with is part of what it knows."""
    project = declare(tmp_path).project
    with pytest.raises(StreamError, match="the table's fingerprint"):
        require_same(SavedState(1, {"settings": settings_of(project, "f")}, {}), settings_of(project, "g"), "here")
