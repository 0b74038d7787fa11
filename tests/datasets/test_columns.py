"""The facts of columns."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import describe_columns


def described(values, dtype=None):
    (facts,) = describe_columns(pl.DataFrame([pl.Series("x", values, dtype=dtype)]))
    return facts


@given(st.lists(st.none() | st.integers(-(2**40), 2**40), min_size=1, max_size=60))
def test_every_row_is_counted(values):
    """Missing and known rows are all rows; the quantiles begin with the least and end with the greatest."""
    facts = described(values, pl.Int64)
    known = [value for value in values if value is not None]
    assert (facts.rows, facts.missing, facts.distinct) == (len(values), len(values) - len(known), len(set(known)))
    if known:
        assert (facts.quantiles[0], facts.quantiles[-1]) == (min(known), max(known))
        assert list(facts.quantiles) == sorted(facts.quantiles)
        assert facts.mean == pytest.approx(np.mean(known))


@pytest.mark.parametrize(
    ("values", "narrow"),
    [
        ([1, 2, 3] * 40, "Int8"),
        ([1, 2, 300] * 40, "Int16"),
        ([1.0, 2.0, 70000.0] * 40, "Int32"),
        ([1.5, 2.0, 3.0] * 40, "Float32"),
        (["rent", "owner"] * 60, "Categorical"),
        ([True, False] * 60, "Boolean"),
        ([10**20, 10**20 + 1] * 30, "Int128"),
        ([2.0**64, 1.0] * 30, "Float32"),
        ([1e300, 1.0] * 30, "Float64"),
        ([float("inf"), 1.0] * 30, "Float32"),
        ([float("nan"), None], "Float32"),
    ],
)
def test_a_narrower_type_holds_the_same(values, narrow):
    """The smallest type is named, and takes no more memory."""
    facts = described(values)
    assert facts.narrow_dtype == narrow
    assert facts.narrow_bytes <= facts.bytes
