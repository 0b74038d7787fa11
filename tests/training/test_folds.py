"""The folds of the cross-validation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keepfit.errors import TrainingError
from keepfit.training.folds import cross_validation_folds, time_folds

LABELS = np.array([0, 1, 1, 0, 1] * 20, np.int8)


@pytest.mark.parametrize("groups", [None, np.arange(100) // 4])
def test_every_row_is_asked_about_once(groups):
    """Each fold fits on the rest, every row is outside of one fold, and no group stands on both sides."""
    folds = cross_validation_folds(LABELS, groups, count=5, seed=0)
    assert sorted(np.concatenate([outside for _, outside in folds])) == list(range(100))
    for inside, outside in folds:
        assert len(inside) + len(outside) == 100
        assert set(LABELS[outside]) == {0, 1}
        if groups is not None:
            assert not set(groups[inside]) & set(groups[outside])


def test_a_class_that_is_too_rare_is_told():
    """The message names the key to change."""
    rare = np.zeros(50, np.int8)
    rare[:3] = 1
    with pytest.raises(TrainingError, match=r"\[training\] folds: the training rows hold 3 rows of a class"):
        cross_validation_folds(rare, None, count=5, seed=0)


@given(st.integers(2, 30), st.integers(40, 200), st.integers(2, 6), st.integers(0, 1000))
def test_folds_in_time_look_ahead(times, rows, count, seed):
    """Each is asked about later rows than it was fitted on, and all but the first part are asked about once."""
    rng = np.random.default_rng(seed)
    when, labels = rng.integers(0, times, rows), rng.integers(0, 2, rows).astype(np.int8)
    try:
        folds = time_folds(labels, when, count=count)
    except TrainingError:
        assume(condition=False)
    for inside, outside in folds:
        assert when[inside].max() < when[outside].min()
    asked = np.concatenate([outside for _, outside in folds])
    assert sorted([*folds[0][0], *asked]) == list(range(rows))


def test_folds_in_time_are_of_about_the_same_size():
    """Where times allow it."""
    labels = np.arange(1000).astype(np.int8) % 2
    folds = time_folds(labels, np.arange(1000)[::-1] // 2, count=4)
    assert [len(outside) for _, outside in folds] == [200] * 4


def test_times_that_make_no_folds_are_told():
    """Too few of them, or a part without a class."""
    with pytest.raises(TrainingError, match="the training rows are of 5 times, which make no 5 folds"):
        time_folds(LABELS, np.arange(100) // 20, count=5)
    with pytest.raises(TrainingError, match=r"what fold 1 of 3 is asked about \(25 rows\) lacks a class"):
        time_folds((np.repeat([1, 0, 1, 1], 25) * (np.arange(100) % 2)).astype(np.int8), np.arange(100), count=3)


def test_a_group_that_takes_a_class_with_it_is_told():
    """Where all positives are about one entity, some fold lacks them."""
    labels = np.repeat([1, 0], [20, 80]).astype(np.int8)
    with pytest.raises(TrainingError, match="lacks a class"):
        cross_validation_folds(labels, np.repeat(np.arange(5), 20), count=5, seed=0)
