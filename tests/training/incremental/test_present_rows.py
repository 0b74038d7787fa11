"""Which rows still teach, after a change."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.training.incremental.kept_rows import KeptRows
from keepfit.training.incremental.present_rows import present_rows


def shares(matrix, labels):
    """Fits what is known of a column of 0 and 1: the share of positives at each, one row more of each class."""
    found = [(labels[matrix[:, 0] == value].sum() + 1) / ((matrix[:, 0] == value).sum() + 2) for value in (0, 1)]
    return lambda asked: np.array(found)[asked[:, 0].astype(int)]


def stream(count, seed, *, flipped=False, noise=0.1):
    """Rows whose class is their only value, but for noise; flipped, it is the other one."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 2, count)
    labels = (values != flipped) != (rng.random(count) < noise)
    return values.astype(np.float32)[:, None], labels.astype(np.int8)


def joined(*parts):
    matrices, labels = zip(*parts, strict=True)
    return KeptRows.of(np.concatenate(matrices), np.concatenate(labels))


@pytest.mark.parametrize("seed", range(5))
def test_without_a_change_all_stays(seed):
    """More rows of the same kind teach better: the whole window is chosen."""
    rows = joined(stream(950, seed, noise=0.0), stream(50, seed + 100, noise=0.0))
    kept = present_rows(rows, 50, shares)
    assert (len(kept), kept.seen) == (1000, 1000)


def test_of_windows_that_teach_the_same_the_largest_stays():
    """A model that learns nothing of rows answers the same from each."""
    rows = joined(stream(130, 1), stream(20, 2))
    kept = present_rows(rows, 20, lambda matrix, labels: lambda asked: np.full(len(asked), 0.5))
    assert (len(kept), kept.seen) == (150, 150)


@pytest.mark.parametrize("seed", range(5))
def test_after_a_clean_flip_only_the_new_rows_stay(seed):
    """The last batch, or all batches since where there were more; what was before has never been."""
    old = stream(800, seed)
    kept = present_rows(joined(old, stream(50, seed + 100, flipped=True)), 50, shares)
    assert (len(kept), kept.seen, kept.numbers[0]) == (50, 50, 0)
    kept = present_rows(joined(old, stream(200, seed + 100, flipped=True)), 50, shares)
    assert len(kept) in {100, 200}


def test_no_row_is_asked_of_a_model_that_has_learnt_it():
    """Each row of the last batch is asked once for each window, and so are no others."""
    asked = []

    def fit(matrix, labels):
        learnt = set(matrix[:, 0].tolist())

        def ask(rows):
            assert not learnt & set(rows[:, 0].tolist())
            asked.extend(rows[:, 0].tolist())
            return np.full(len(rows), 0.5)

        return ask

    numbers = np.arange(75)
    present_rows(KeptRows.of(numbers.astype(np.float32)[:, None], (numbers % 3 == 0).astype(np.int8)), 11, fit)
    windows = [11, 22, 44, 75]
    assert sorted(asked) == sorted(float(number) for _ in windows for number in range(64, 75))


def test_a_batch_of_one_class_is_judged_with_older_rows():
    """A window without both classes teaches nothing, and is not chosen; where there is no other, all stays."""
    ones = np.ones((20, 1), dtype=np.float32), np.ones(20, dtype=np.int8)
    kept = present_rows(joined(stream(100, 1), stream(60, 2, flipped=True), ones), 20, shares)
    assert len(np.unique(kept.labels)) == 2
    alone = joined(ones, ones, ones)
    assert len(present_rows(alone, 20, shares)) == 60


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_batch_may_be_small(count):
    """Of one row there is only one half."""
    kept = present_rows(joined(stream(100, 1, noise=0.0), stream(count, 2, noise=0.0)), count, shares)
    assert len(kept) >= count


def test_a_batch_may_be_all_that_is_kept():
    """Then there is nothing to choose."""
    rows = joined(stream(30, 1))
    kept = present_rows(rows, 30, shares)
    assert np.array_equal(kept.matrix, rows.matrix)


def test_one_row_does_not_decide():
    """An answer that is certain and wrong counts as one in ten thousand, not as infinite."""

    def fit(matrix, labels):
        if len(labels) < 60:
            return lambda asked: np.full(len(asked), 0.5)
        return lambda asked: asked[:, 0].astype(np.float64)

    values, labels = stream(450, 3, noise=0.0)
    labels[440] = 1 - labels[440]
    assert len(present_rows(KeptRows.of(values, labels), 50, fit)) == 450
