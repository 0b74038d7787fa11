"""The detector of concept drift, by its laws."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.errors import StreamError
from keepfit.monitoring.concept_drift import MOST_ROWS, LossDetector

BATCHES = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([0.0, 0.05, 0.15, 0.4, 0.8]), st.integers(0, 2**16)),
    min_size=1,
    max_size=8,
)


def drawn(batches) -> list[np.ndarray]:
    """Return losses of 0 and 1 by how many, their mean, and a seed."""
    return [(np.random.default_rng(seed).random(rows) < mean).astype(float) for rows, mean, seed in batches]


def constant(mean: float, rows: int) -> np.ndarray:
    """Return losses of 0 and 1 that are evenly spread."""
    return np.diff(np.floor(np.arange(rows + 1) * mean))


@settings(deadline=None)
@given(batches=BATCHES, at=st.integers(0, 8), as_text=st.booleans())
def test_a_restored_detector_says_what_the_saved_one_would_have_said(batches, at, as_text):
    """After any batch, by arrays or as JSON: the same drifts, the same width, the same state from then on."""
    one, losses = LossDetector(0.05), drawn(batches)
    for batch in losses[:at]:
        one.update(batch)
    state = one.state()
    if as_text:
        state = json.loads(json.dumps({**state, "losses": state["losses"].tolist()}))
    other = LossDetector.of(state)
    assert other.width == one.width
    for batch in losses[at:]:
        assert other.update(batch) == one.update(batch)
        np.testing.assert_array_equal(other.state()["losses"], one.state()["losses"])


@settings(deadline=None)
@given(batches=BATCHES)
def test_how_rows_are_cut_into_batches_changes_nothing(batches):
    """All at once is as many batches: what is kept, and whether there was a drift."""
    losses = drawn(batches)
    one, other = LossDetector(0.05), LossDetector(0.05)
    seen = [other.update(batch) for batch in losses]
    assert one.update(np.concatenate(losses)) == any(seen)
    np.testing.assert_array_equal(one.state()["losses"], other.state()["losses"])


@settings(deadline=None)
@given(batches=BATCHES)
def test_what_is_kept_is_the_end_of_what_came(batches):
    """In its order, and as wide as it says."""
    detector, losses = LossDetector(0.05), np.concatenate(drawn(batches))
    detector.update(losses)
    kept = detector.state()["losses"]
    assert len(kept) == detector.width
    np.testing.assert_array_equal(kept, losses[len(losses) - len(kept) :])


@pytest.mark.parametrize(("first", "then", "is_drift"), [(0.1, 0.6, True), (0.6, 0.1, False)])
def test_only_a_rise_is_a_drift(first, then, is_drift):
    """After a fall the rows before it are let go, too, but nobody is told."""
    detector = LossDetector(0.002)
    assert not detector.update(constant(first, 1000))
    assert detector.width == 1000
    assert detector.update(constant(then, 500)) is is_drift
    assert 450 <= detector.width <= 600


def test_a_rise_after_a_fall_is_measured_from_the_new_level():
    """To .3, that is below the first .6."""
    detector = LossDetector(0.002)
    assert [detector.update(constant(mean, 500)) for mean in (0.6, 0.05, 0.3)] == [False, False, True]


def test_as_much_is_kept_as_may_be_and_no_more():
    """The older half goes when one more comes; restored at the bound it is the same."""
    detector, losses = LossDetector(0.002), constant(0.2, 2 * MOST_ROWS)
    assert not detector.update(losses[:MOST_ROWS])
    assert detector.width == MOST_ROWS
    other = LossDetector.of(detector.state())
    for one in (detector, other):
        assert not one.update(losses[MOST_ROWS : MOST_ROWS + 1])
        assert one.width == MOST_ROWS // 2
    assert not detector.update(losses[MOST_ROWS + 1 :])
    assert MOST_ROWS // 2 <= detector.width <= MOST_ROWS


def test_nothing_is_no_drift():
    """An empty batch, and a detector that has seen none."""
    detector = LossDetector(0.002)
    assert detector.update(np.empty(0)) is False
    assert LossDetector.of(detector.state()).width == 0


@pytest.mark.parametrize("losses", [[0.5, 1.2], [-0.1], [np.nan], [[0.5]]])
def test_what_is_no_loss_is_refused(losses):
    """From a batch it is a mistake of ours, and nothing of it is kept."""
    detector = LossDetector(0.002)
    with pytest.raises(ValueError, match="from 0 to 1"):
        detector.update(np.array(losses))
    assert detector.width == 0
    with pytest.raises(StreamError, match=f"losses must be at the most {MOST_ROWS} numbers from 0 to 1; begin a new"):
        LossDetector.of({"significance": 0.002, "losses": losses})


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"significance": 0.002},
        {"significance": "much", "losses": []},
        {"significance": 0.7, "losses": []},
        {"significance": float("nan"), "losses": []},
        {"significance": 0.002, "losses": ["a"]},
        {"significance": 0.002, "losses": [0.0] * (MOST_ROWS + 1)},
    ],
)
def test_a_state_that_is_none_is_told(state):
    """Whatever it is."""
    with pytest.raises(StreamError, match=r"the drift detector's state: cannot be gone on with: .*; begin a new one"):
        LossDetector.of(state)
