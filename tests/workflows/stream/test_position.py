"""How far a source was learnt."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.workflows.stream import position as position_module
from keepfit.workflows.stream.position import SourcePosition


def rows(count: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 3)).astype(np.float32), rng.integers(0, 2, count).astype(np.int8)


def whole(position: SourcePosition, key: str, count: int, seed: int = 0) -> None:
    position.note(key, count, *rows(count, seed))


def test_a_delivery_is_known_as_far_as_it_was_learnt():
    """To some row, and then as a whole."""
    position = SourcePosition()
    position.note("a", 20, *rows(30))
    assert position.begin_of("a", *rows(30)) == 20
    whole(position, "a", 30)
    assert (position.taken, position.whole) == ({}, {"a": None})


@given(st.integers(10, 60), st.integers(0, 60))
def test_what_has_grown_is_gone_on_with(before, more):
    """By its rows: the key is another one."""
    matrix, labels = rows(before + more)
    position = SourcePosition()
    position.note("a", before, matrix[:before], labels[:before])
    assert position.begin_of("b", matrix, labels) == before
    again = SourcePosition.from_dict(json.loads(json.dumps(position.to_dict())))
    assert again.begin_of("b", matrix, labels) == before


def test_the_longest_beginning_counts():
    """A file that has grown twice."""
    matrix, labels = rows(90)
    position = SourcePosition()
    for count in (20, 50, 30):
        position.note(str(count), count, matrix[:count], labels[:count])
    assert position.begin_of("b", matrix, labels) == 50


@pytest.mark.parametrize("changed", ["a value", "a label", "fewer rows"])
def test_what_begins_otherwise_is_new(changed):
    """One cell is enough."""
    matrix, labels = rows(40)
    position = SourcePosition()
    position.note("a", 30, matrix[:30], labels[:30])
    matrix, labels = matrix.copy(), labels.copy()
    if changed == "a value":
        matrix[29, 2] += 1
    if changed == "a label":
        labels[0] = 1 - labels[0]
    kept = 20 if changed == "fewer rows" else 40
    assert position.begin_of("b", matrix[:kept], labels[:kept]) == 0


def test_a_few_rows_are_no_beginning():
    """Any file may begin with them."""
    position = SourcePosition()
    whole(position, "a", 9)
    assert position.begin_of("b", *rows(40)) == 0


def test_the_place_of_the_journal_is_its_own():
    """Kept where a delivery has one, as it was else."""
    position = SourcePosition()
    position.note("a", 20, *rows(20), {"after": 20})
    whole(position, "b", 20, seed=1)
    assert position.place == {"after": 20}
    assert position.begin_of("c", *rows(30)) == 0
    assert position.whole == {"b": None}


def test_it_does_not_grow_without_end(monkeypatch):
    """The oldest keys are let go."""
    monkeypatch.setattr(position_module, "_MOST_KEYS", 3)
    position = SourcePosition()
    for at in range(5):
        whole(position, f"k{at}", 10, seed=at)
    assert list(position.whole) == ["k2", "k3", "k4"]
    assert len(position.beginnings) == 3


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.booleans())
def test_what_grows_in_its_midst_is_gone_on_with(steps, is_resumed):
    """Behind what was learnt of it, also after a start; and only the newest beginning of it is kept."""
    learnt = 10 + sum(steps)
    matrix, labels = rows(learnt + 30)
    position, done = SourcePosition(), 10
    position.note("a", done, matrix, labels)
    for step in steps:
        if is_resumed:
            position = SourcePosition.from_dict(json.loads(json.dumps(position.to_dict())))
        done += step
        position.note("a", done, matrix, labels)
    assert list(position.beginnings.values()) == [learnt]
    assert position.begin_of("grown", matrix, labels) == position.begin_of("a", matrix, labels) == learnt
