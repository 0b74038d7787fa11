"""The texts of a category's values."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import category_texts
from keepfit.signature import label_text


@given(st.lists(st.none() | st.floats()))
def test_a_number_is_told_as_a_label_is(values):
    """However large, small or whole a number is, its category is the text of the label; NaN is missing."""
    found = category_texts(pl.Series("x", values, dtype=pl.Float64)).to_list()
    assert found == [None if value is None or math.isnan(value) else label_text(value) for value in values]


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.booleans()))
def test_whole_numbers_and_flags_are_told_as_labels_are(values):
    """Of any size."""
    for kept, dtype in ((bool, pl.Boolean), (int, pl.Int64)):
        sent = [value for value in values if value is None or type(value) is kept]
        expected = [None if value is None else label_text(value) for value in sent]
        assert category_texts(pl.Series("x", sent, dtype=dtype)).to_list() == expected


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, 2, None], ["1", "2", None]),
        ([True, False], ["true", "false"]),
        (["a", ""], ["a", ""]),
        ([1.0, math.nan, None], ["1", None, None]),
        ([1e-7, 2.5e-5, 1e20], ["1e-07", "2.5e-05", "100000000000000000000"]),
    ],
)
def test_other_types_are_told_too(values, texts):
    """Whole numbers, flags and texts; NaN is missing."""
    assert category_texts(pl.Series(values)).to_list() == texts
