"""The rows of a domain classifier: as many of each side, copies in one fold, categories that fit."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.monitoring.domain_rows import MOST_CODES, domain_rows
from keepfit.signature import Column, Kind

NUMBERS = tuple(Column(name, Kind.NUMBER) for name in ("x", "y", "z"))


def normal(rows, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, 3)).astype(np.float32)


def ready(reference, window, columns=NUMBERS):
    return domain_rows(reference, window, columns, folds=5, seed=7)


@pytest.mark.parametrize(("sizes", "count"), [((900, 200), 200), ((200, 900), 200), ((10_500, 11_000), 10_000)])
def test_as_many_rows_of_each_side_are_drawn(sizes, count):
    """The smaller side says how many, 10 000 at most, and none is drawn twice."""
    rows = ready(normal(sizes[0], 1), normal(sizes[1], 2))
    assert (rows.is_window.sum(), (~rows.is_window).sum()) == (count, count)
    assert len(np.unique(rows.matrix, axis=0)) == 2 * count


def test_folds_are_alike():
    """Each fold has a fifth of each side, whether rows are copies or not."""
    reference = normal(1000)
    for window in (normal(1000, 1), reference[::-1], np.repeat(normal(200, 1), 5, axis=0)):
        rows = ready(reference, window)
        for side in (rows.is_window, ~rows.is_window):
            assert np.bincount(rows.folds[side]).tolist() == [200] * 5


def test_copies_are_in_one_fold():
    """A row that both sides have, and one that a side has twice, is one record; NaN equals NaN, 0 equals -0."""
    reference = normal(100)
    reference[:50, 1], reference[50:, 2] = np.nan, 0.0
    window = np.concatenate([reference[::-1][:60], reference[:40]])
    window[:, 2] = np.where(window[:, 2] == 0, np.float32(-0.0), window[:, 2])
    rows = ready(reference, window)
    assert len(np.unique(rows.records)) == 100
    assert len(set(zip(rows.records, rows.folds, strict=True))) == 100


def test_many_copies_on_both_sides_are_copies():
    """Ten of each row are no small table where the sides have no row in common."""
    rows = ready(*(np.repeat(normal(60, seed), 10, axis=0) for seed in (1, 2)))
    assert len(np.unique(rows.records)) == 120


def test_equal_rows_of_a_small_table_are_no_copies():
    """Three flags have eight values: rows are dealt one by one, or a fold would lack values to learn from."""
    flags = (np.random.default_rng(0).random((400, 3)) < 0.5).astype(np.float32)
    rows = ready(flags[:200], flags[200:])
    assert len(np.unique(rows.records)) == 400


def test_the_rarest_categories_are_pooled():
    """Of 300 categories the 254 commonest are left and one for the others; missing stays missing."""
    codes = np.repeat(np.arange(300), np.where(np.arange(300) < 254, 9, 2)).astype(np.float32)
    side = np.column_stack([np.append(codes, [np.nan] * 5), np.arange(len(codes) + 5), np.ones(len(codes) + 5)])
    columns = (Column("c", Kind.CATEGORY, categories=tuple(map(str, range(300)))), *NUMBERS[1:])
    rows = ready(side, side, columns)
    known, counts = np.unique(rows.matrix[:, 0], return_counts=True)
    assert np.isnan(known[-1])
    assert counts.tolist() == [18] * 254 + [2 * 2 * 46, 10]
    assert len(known) - 1 == MOST_CODES


def test_a_seed_draws_the_same_rows():
    """The same seed gives the same rows and folds."""
    first, second = (ready(normal(500, 1), normal(300, 2)) for _ in range(2))
    assert np.array_equal(first.matrix, second.matrix)
    assert np.array_equal(first.folds, second.folds)
