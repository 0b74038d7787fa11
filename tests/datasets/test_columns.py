"""The facts of columns."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.columns import ColumnKind, describe_columns


def described(values, dtype=None):
    (facts,) = describe_columns(pl.DataFrame([pl.Series("x", values, dtype=dtype)]))
    return facts


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 20, 300] * 30, ColumnKind.INTEGER),
        ([1.5, 2.25, 3.0] * 30, ColumnKind.NUMBER),
        ([1.0, 20.0, None] * 30, ColumnKind.INTEGER),
        ([0, 1, 1] * 30, ColumnKind.FLAG),
        ([True, False] * 30, ColumnKind.FLAG),
        ([0, 1, 2, 3] * 30, ColumnKind.CATEGORY),
        ([3, 5, 6] * 30, ColumnKind.INTEGER),
        (["a", "b"] * 30, ColumnKind.CATEGORY),
        ([f"customer {at}" for at in range(90)], ColumnKind.ID),
        (list(range(1000, 1090)), ColumnKind.ID),
        (
            [f"{at} a long remark that somebody wrote down about this customer and that" for at in range(90)],
            ColumnKind.TEXT,
        ),
        (["2016-05-28", "2016-06-28"] * 30, ColumnKind.DATE),
        ([dt.date(2016, 5, 28)] * 3, ColumnKind.DATE),
        ([None, None], ColumnKind.EMPTY),
    ],
)
def test_a_column_has_a_kind(values, kind):
    """What a reader would call its values."""
    assert described(values).kind is kind


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
    ],
)
def test_a_narrower_type_holds_the_same(values, narrow):
    """The smallest type is named, and takes no more memory."""
    facts = described(values)
    assert facts.narrow_dtype == narrow
    assert facts.narrow_bytes <= facts.bytes


@pytest.mark.parametrize(
    ("values", "sentinels"),
    [
        (["a", "unknown", "N/A", "b"] * 9, ("N/A", "unknown")),
        ([-1] * 20 + list(range(0, 300, 3)), ("-1",)),
        ([999] * 5 + list(range(18, 80)), ("999",)),
        ([-1, -2, 3, 5] * 20, ()),
        (list(range(900, 1100)), ()),
        ([0, -1, 1], ("-1",)),
    ],
)
def test_words_for_missing_are_suspected(values, sentinels):
    """`unknown`, a -1 among values never below 0, a 999 far beyond the others; not a -1 among negative numbers."""
    assert described(values).sentinels == sentinels
