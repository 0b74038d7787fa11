"""The types of a CSV's columns: polars' own, but for codes."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import csv_types
from keepfit.datasets.csv_types import column_types

OPTIONS = {"separator": ",", "null_values": ["", "NA"]}
numbers = st.integers(-(2**62), 2**62) | st.floats(-1e9, 1e9)
words = st.sampled_from(
    ["", "NA", "true", "FALSE", "x", "1.", ".5", "-.5e3", "1e5", "inf", "-NaN", "nan", "1 ", "-", "."]
)


def types(values) -> pl.DataType:
    content = "a,b\n" + "".join(f"{value},1\n" for value in values)
    return column_types(content.encode(), OPTIONS)["a"]


@given(st.lists(words, max_size=4), st.lists(numbers | words, max_size=4))
def test_types_are_those_of_polars(first, rest):
    """The reader's own inference over all rows gives the same types, where there are no codes."""
    values = [*first, *rest]
    content = ("a,b\n" + "".join(f"{value},1\n" for value in values)).encode()
    expected = pl.read_csv(content, infer_schema_length=None, **OPTIONS).schema["a"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_types, "_HEAD_ROWS", max(len(first), 1))
        assert column_types(content, OPTIONS)["a"] == (expected if values else pl.String)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (["1", "-2"], pl.Int64),
        (["1", "9999999999999999999"], pl.Int128),
        (["1", "9" * 40], pl.String),
        (["1", "٣"], pl.String),
        (["1", "1.e5"], pl.Float64),
        (["1.5", "9" * 40], pl.String),
        (["1.5", "9999999999999999999"], pl.Float64),
        (["1", "007"], pl.String),
        (["1.5", "007"], pl.String),
        (["1", "+49"], pl.String),
        (["1.5", "+4.9"], pl.Float64),
        (["NA", ""], pl.String),
    ],
)
def test_where_types_are_ours(values, dtype):
    """Codes, and numbers that no type holds, are texts; what is a number to people is one."""
    assert types(values) == types(values[::-1]) == dtype


@pytest.mark.parametrize(
    ("first", "last", "dtype"),
    [
        ("1", "2.5", pl.Float64),
        ("1", "x", pl.String),
        ("1", "007", pl.String),
        ("1.5", "x", pl.String),
        ("1.5", "nan", pl.String),
        ("true", "x", pl.String),
        ("NA", "1", pl.Int64),
        ("NA", "true", pl.Boolean),
        ("NA", "x", pl.String),
    ],
)
def test_all_rows_count(first, last, dtype):
    """A last row of thousands decides as the first does."""
    assert types([first] * 3000 + [last]) == dtype
