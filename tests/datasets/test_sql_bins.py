"""Numbers that a database counts in bins: known ones, and those that a column does not take."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from keepfit.datasets.sql_bins import NumberRules
from keepfit.datasets.sql_table import open_sql_table
from sql_tables import sqlite_url, write_rows


@pytest.fixture
def numbers(tmp_path):
    """Counts numbers in bins, by a database."""

    def counted(values: list, rules: NumberRules):
        write_rows(sqlite_url(tmp_path), "t", pl.DataFrame({"n": values}, schema={"n": pl.Float64}), {})
        with open_sql_table(sqlite_url(tmp_path), "t") as table:
            return table.numbers("n", rules)

    return counted


def test_a_value_at_an_end_is_in_the_bin_that_ends_there(numbers):
    """Count, sum and sum of squares by bin; null is missing, and so is a number that means no value."""
    found = numbers([1, 2, 2.5, 3, 9, None, -1], NumberRules([2, 3], -100, 100, missing=[-1.0]))
    assert (found.counts, found.sums, found.squares) == ((2, 2, 1), (3.0, 5.5, 9.0), 101.25)
    assert (found.minimum, found.maximum, found.missing, found.refused) == (1.0, 9.0, 2, 0)


@pytest.mark.parametrize("bins", [1, 2, 3, 160, 161])
def test_every_bin_is_found(numbers, bins):
    """However many there are: as by a search among their ends."""
    ends = np.arange(1.0, bins)
    values = np.random.default_rng(bins).uniform(-1, bins + 1, 500)
    found = numbers(values.tolist(), NumberRules(ends.tolist(), -1e9, 1e9))
    assert list(found.counts) == np.bincount(np.searchsorted(ends, values), minlength=bins).tolist()
    assert sum(found.sums) == pytest.approx(values.sum())


def test_a_value_beyond_the_range_is_taken_to_its_end_where_that_is_declared(numbers):
    """It counts as the end, in its sum and among the least and the greatest."""
    found = numbers([-5, 3, 50], NumberRules([3], -100, 100, clip=(0.0, 10.0)))
    assert (found.counts, found.sums, found.minimum, found.maximum) == ((2, 1), (3.0, 10.0), 0.0, 10.0)


@pytest.mark.parametrize(
    ("values", "whole", "refused", "example"),
    [([1, 101, 102], False, 2, 101), ([1, 1.5, 2], True, 1, 1.5), ([math.inf], False, 1, math.inf)],
)
def test_a_value_that_is_not_taken_is_in_no_bin(numbers, values, whole, refused, example):
    """Too large, or not whole: how many, and one of them."""
    found = numbers(values, NumberRules([1], -100, 100, whole))
    assert (found.refused, found.example, sum(found.counts)) == (refused, example, len(values) - refused)


def test_no_rows_have_neither_least_nor_greatest(numbers):
    """Everything is nil, and nothing is wrong."""
    found = numbers([], NumberRules([1], -100, 100))
    assert (found.counts, found.missing, found.minimum, found.maximum) == ((0, 0), 0, None, None)
