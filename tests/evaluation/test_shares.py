"""Shares and their intervals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.evaluation import share_of


@pytest.mark.parametrize(
    ("positives", "rows", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_of_newcombe(positives, rows, low, high):
    """Newcombe, R. G. (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    found = share_of(positives, rows)
    assert (found.value, found.low, found.high) == pytest.approx((positives / rows, low, high), abs=5e-5)


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_the_ends_enclose_the_share(positives, rows):
    """Within 0 and 1, around the share."""
    found = share_of(min(positives, rows), rows)
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


def test_no_rows_have_no_share():
    """All three are NaN."""
    found = share_of(0, 0)
    assert all(map(math.isnan, (found.value, found.low, found.high)))
