"""Ids of predictions."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from keepfit.journal import PredictionIds


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=50))
def test_ids_ascend_whatever_the_clock_does(steps):
    """Ids of one maker ascend though the clock stands still or steps back, and are UUIDs of version 7."""
    moments = iter([1_700_000_000_000 + sum(steps[: at + 1]) for at in range(len(steps))])
    new_id = PredictionIds(lambda: next(moments))
    made = [new_id() for _ in steps]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    for one in made:
        assert uuid.UUID(one).version == 7
        assert uuid.UUID(one).variant == uuid.RFC_4122


def test_an_id_tells_its_millisecond():
    """The first 48 bits are the time."""
    assert uuid.UUID(PredictionIds(lambda: 1_700_000_000_123)()).int >> 80 == 1_700_000_000_123


def test_a_full_millisecond_borrows_from_the_next():
    """More ids than the counter holds in one millisecond still ascend."""
    new_id = PredictionIds(lambda: 1)
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_makers_do_not_meet():
    """Two makers at the same moment make different ids."""
    first, second = PredictionIds(lambda: 1), PredictionIds(lambda: 1)
    assert {first() for _ in range(1000)}.isdisjoint({second() for _ in range(1000)})
