"""The texts of a category's values."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import category_texts
from keepfit.signature import label_text


@given(st.lists(st.none() | st.floats(-1e15, 1e15)))
def test_a_float_is_told_as_a_label_is(values):
    """Whole floats lose their fraction, others keep it."""
    found = category_texts(pl.Series("x", values, dtype=pl.Float64)).to_list()
    for text, value in zip(found, values, strict=True):
        if value is None:
            assert text is None
        elif value.is_integer():
            assert text == label_text(value)
        else:
            assert float(text) == value


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, 2, None], ["1", "2", None]),
        ([True, False], ["true", "false"]),
        (["a", ""], ["a", ""]),
        ([1.0, math.nan, None], ["1", None, None]),
    ],
)
def test_other_types_are_told_too(values, texts):
    """Whole numbers, flags and texts; NaN is missing."""
    assert category_texts(pl.Series(values)).to_list() == texts
