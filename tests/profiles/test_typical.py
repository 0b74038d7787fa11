"""The typical record of a profile."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.profiles import build_profile, typical_row
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("n", Kind.NUMBER),
        Column("c", Kind.CATEGORY, categories=("a", "b")),
        Column("f", Kind.FLAG),
        Column("d", Kind.DATE),
    ),
    Outcome("y", "no", "yes"),
)


def typical(*columns):
    """Return the typical row of a table with these columns."""
    matrix = np.array(columns, dtype=np.float32).T
    return typical_row(build_profile(SIGNATURE, matrix, np.zeros(1)))


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=200))
def test_a_number_is_at_its_median(values):
    """The value that half of the rows reach, whatever the number of bins it was counted in."""
    others = np.zeros(len(values))
    assert (
        typical(values, others, others, values)[0, [0, 3]].tolist()
        == [np.quantile(values, 0.5, method="inverted_cdf").astype(np.float32)] * 2
    )


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([0, 1, 1], 1.0),
        ([0, 1], 0.0),  # the first of several
        ([1, 2, 2, 2], 1.0),  # a word outside of the vocabulary has none
        ([1, np.nan], 1.0),
        ([1, np.nan, np.nan], np.nan),
    ],
)
def test_a_category_is_the_most_frequent(codes, code):
    """Or missing, where more rows lack it than have any one word."""
    others = np.zeros(len(codes))
    np.testing.assert_equal(typical(others, codes, others, others)[0, 1], np.float32(code))


@pytest.mark.parametrize(("flags", "flag"), [([0, 1, 1], 1.0), ([np.nan], np.nan)])
def test_a_flag_is_the_more_frequent(flags, flag):
    """True or false, or missing."""
    others = np.zeros(len(flags))
    np.testing.assert_equal(typical(others, others, flags, others)[0, 2], np.float32(flag))


@pytest.mark.parametrize(
    ("values", "value"), [([np.nan, np.nan, 5], np.nan), ([np.nan, 5], 5.0), ([np.nan, np.nan], np.nan)]
)
def test_what_most_rows_lack_is_typically_missing(values, value):
    """More than half of them."""
    others = np.zeros(len(values))
    np.testing.assert_equal(typical(values, others, others, others)[0, 0], np.float32(value))
