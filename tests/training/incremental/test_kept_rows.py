"""The rows that are kept to be learnt again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.training.incremental.kept_rows import KeptRows

KEEPS = st.sampled_from(["newest", "sample"])
SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=8)


def batch(begin, count):
    """Rows that know their number."""
    numbers = np.arange(begin, begin + count)
    return numbers.astype(np.float32)[:, None], (numbers % 2).astype(np.int8)


def kept(sizes, most, keep, seed=0):
    """The first rows, and then a batch of each further size."""
    rows = KeptRows.of(*batch(0, sizes[0])).limited(most, keep, seed)
    for size in sizes[1:]:
        rows = rows.with_batch(*batch(rows.seen, size), most, keep, seed)
    return rows


def chances(sizes, most, tries=2000):
    """How often each row is in the sample, over so many seeds."""
    found = np.zeros(sum(sizes))
    for seed in range(tries):
        found[kept(sizes, most, "sample", seed).numbers] += 1
    return found / tries


@given(SIZES, st.integers(1, 60), KEEPS, st.integers(0, 99))
def test_what_holds_for_all_batches(sizes, most, keep, seed):
    """Numbers rise and say which row it is; all are kept as long as there is room, and never more than that."""
    rows = kept(sizes, most, keep, seed)
    assert rows.seen == sum(sizes)
    assert len(rows) == len(rows.matrix) == len(rows.numbers) == min(most, sum(sizes))
    assert (np.diff(rows.numbers) > 0).all()
    assert np.array_equal(rows.matrix[:, 0], rows.numbers)
    assert np.array_equal(rows.labels, rows.numbers % 2)
    if keep == "newest":
        assert np.array_equal(rows.numbers, np.arange(sum(sizes))[-most:])


@given(SIZES, st.integers(1, 60), KEEPS)
def test_what_is_drawn_follows_from_the_seed(sizes, most, keep):
    """The same rows in the same batches leave the same."""
    assert np.array_equal(kept(sizes, most, keep).numbers, kept(sizes, most, keep).numbers)


@given(SIZES, st.integers(1, 60), KEEPS, st.integers(1, 60))
def test_the_newest_are_the_last(sizes, most, keep, count):
    """What was before is forgotten: they are numbered as if it had never come."""
    rows = kept(sizes, most, keep)
    newest = rows.newest(count)
    assert np.array_equal(newest.matrix, rows.matrix[-count:])
    assert np.array_equal(newest.labels, rows.labels[-count:])
    assert np.array_equal(np.diff(newest.numbers), np.diff(rows.numbers[-count:]))
    forgotten = rows.seen - newest.seen
    assert forgotten == (rows.numbers[-count] if count < len(rows) else 0)
    if len(newest):
        assert newest.numbers[-1] < newest.seen
        assert newest.numbers[0] == rows.numbers[-len(newest)] - forgotten


@pytest.mark.parametrize("sizes", [[20, 10, 10, 10], [50], [5, 20, 25], [10, 40], [25, *[1] * 25]], ids=len)
def test_each_row_is_in_the_sample_with_the_same_chance(sizes):
    """However they are cut into batches: 12 of 50, within four standard errors of 2000 seeds."""
    found = chances(sizes, most=12)
    assert found.sum() == pytest.approx(12)
    error = np.sqrt(0.24 * 0.76 / 2000)
    assert np.abs(found - 0.24).max() < 4 * error
    assert found[:25].mean() == pytest.approx(0.24, abs=4 * error / 5)  # no age is preferred


def test_rows_are_drawn_apart_from_each_other():
    """Neighbours are in it together as often as chance has it: without replacement, 12 * 11 / (50 * 49)."""
    together = [np.diff(kept([20, 15, 15], 12, "sample", seed).numbers) == 1 for seed in range(2000)]
    assert np.mean([one.sum() for one in together]) / 49 == pytest.approx(12 * 11 / (50 * 49), abs=0.002)


@given(SIZES, st.integers(1, 60), KEEPS)
def test_they_come_back_from_their_arrays(sizes, most, keep):
    """And go on as they would have."""
    rows = kept(sizes, most, keep)
    again = KeptRows.from_state(rows.state())
    more = [one.with_batch(*batch(rows.seen, 7), most, keep, 0).state() for one in (rows, again)]
    assert all(np.array_equal(more[0][name], more[1][name]) for name in more[0])


def test_nothing_that_was_handed_over_is_changed():
    """A batch makes other rows of them."""
    rows = kept([10], 10, "sample")
    before = {name: array.copy() for name, array in rows.state().items()}
    rows.with_batch(*batch(10, 10), 10, "sample", 0)
    rows.newest(3)
    assert all(np.array_equal(before[name], array) for name, array in rows.state().items())
