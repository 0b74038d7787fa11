"""Bins of a number: where they are, and what they keep."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.profiles.number import BINS, number_profile


def test_the_moments_are_those_of_the_values():
    """Mean and deviation are exact, whatever the bins."""
    values = np.random.default_rng(1).lognormal(size=1000).astype(np.float32)
    column = number_profile("x", values)
    assert column.mean == pytest.approx(values.mean(dtype=np.float64))
    assert column.deviation == pytest.approx(values.std(dtype=np.float64))


@pytest.mark.parametrize("value", [0.9135, 0.37, -1.7e9])
def test_a_constant_has_no_deviation(value):
    """What rounding leaves of its squares is none: nothing is so many of such deviations away."""
    assert number_profile("x", np.full(300, value)).deviation == 0
    assert number_profile("x", np.append(np.full(300, value), value * 1.00001)).deviation > 0


def test_bins_hold_about_equal_counts_and_fewer_in_the_tails():
    """Of a continuous number: none holds much more than its share, and the outermost ones hold next to nothing."""
    counts = number_profile("x", np.random.default_rng(0).normal(size=100_000)).counts
    assert len(counts) == BINS + 2
    assert counts[0] == counts[-1] == 0
    assert max(counts) <= 100_000 / 120
    assert max(counts[1], counts[-2]) < 10


def test_a_value_that_is_one_of_few_has_a_bin_of_its_own():
    """Whole numbers are counted one by one, and the gaps between them too."""
    column = number_profile("x", np.repeat([6.0, 12.0, 60.0], [30, 20, 10]))
    assert {6.0, 12.0} <= set(column.edges)
    assert sorted(column.counts, reverse=True)[:4] == [30, 20, 10, 0]
    assert column.count(np.array([8.0, 40.0, 40.5, 60.0, 99.0])).counts[-1] == 1
    assert len(column.counts) <= BINS + 2


def test_what_lies_beyond_the_reference_is_in_bins_of_its_own():
    """Below its least value and above its greatest, for a constant too; a reference without values has one bin."""
    column = number_profile("x", np.full(5, 3.0, dtype=np.float32))
    assert column.counts == (0, 5, 0)
    assert column.count(np.array([-999.0, 3.0, 3.0, 50.0], dtype=np.float32)).counts == (1, 2, 1)
    empty = number_profile("x", np.full(5, np.nan))
    assert (empty.counts, empty.missing, empty.minimum) == ((0,), 5, None)
    assert np.isnan([empty.mean, empty.deviation]).all()


def test_an_edge_that_there_must_be():
    """Values at it and above it are counted apart."""
    values = np.random.default_rng(0).random(1000)
    column = number_profile("x", values, extra_edges=[0.371])
    below = column.edges.index(0.371) + 1
    assert sum(column.counts[:below]) == (values <= 0.371).sum()


def test_values_with_their_numbers_of_rows_are_those_rows():
    """What a database has counted is what would have been read from it; missing values too."""
    values = np.random.default_rng(0).integers(-20, 20, 500).astype(np.float32)
    values[::9] = np.nan
    reference = number_profile("n", values[:100])
    distinct, times = np.unique(values, return_counts=True)
    assert reference.count(distinct, times) == reference.count(values)  # sums of whole numbers are exact


def test_a_profile_that_lost_a_bin_does_not_add_up():
    """A file that was altered is an error, not a smaller sum."""
    whole = number_profile("n", np.arange(5, dtype=np.float32))
    with pytest.raises(ValueError, match="shorter"):
        whole.merged(replace(whole, counts=whole.counts[:-1]))


def test_a_huge_value_is_in_its_own_sum_only():
    """Bins are added up each by itself."""
    column = number_profile("x", np.arange(1.0, 101.0))
    window = column.count(np.array([-1e20, 3.0, 50.0, 50.0]))
    assert sum(column.sums) == 5050
    assert [total for total in window.sums if total] == [-1e20, 3.0, 100.0]
