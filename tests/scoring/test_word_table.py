"""A table out of a matrix: the words that were sent, and the same matrix again."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.scoring import history_door
from keepfit.scoring.word_table import unseen_word, word_table
from keepfit.signature import Column, Kind, Outcome, Signature

COLUMNS = (
    Column("age", Kind.INTEGER),
    Column("rate", Kind.NUMBER, is_written_as_text=True),
    Column("job", Kind.CATEGORY, categories=("fixed", "unseen", "7"), missing_values=("NA",)),
    Column("owns", Kind.FLAG),
    Column("since", Kind.DATE, format="%d.%m.%Y", missing_values=("never",)),
)
SIGNATURE = Signature(COLUMNS, Outcome("y", "no", "yes"))
DOOR = history_door(SIGNATURE)


def test_a_table_holds_what_was_sent():
    """Numbers as they were written, categories by their words, days as days; what is missing is null."""
    records = [
        {"age": 41, "rate": 75.3, "job": "fixed", "owns": True, "since": "28.04.2016"},
        {"age": None, "rate": " 0.1", "job": "circus", "owns": False, "since": "never"},
        {"job": "NA"},
    ]
    table = word_table(DOOR.rows(records), SIGNATURE)
    assert table.to_dict(as_series=False) == {
        "age": [41, None, None],
        "rate": [75.3, 0.1, None],
        "job": ["fixed", "(unseen)", None],
        "owns": [True, False, None],
        "since": [dt.date(2016, 4, 28), None, None],
    }


def test_a_table_without_rows_has_its_columns_and_types():
    """Nothing has come yet: that too is a table along the signature."""
    table = word_table(np.empty((0, len(COLUMNS)), dtype=np.float32), SIGNATURE)
    assert table.schema == {
        "age": pl.Int64,
        "rate": pl.Float64,
        "job": pl.String,
        "owns": pl.Boolean,
        "since": pl.Date,
    }


VALUES = (
    st.integers(-(2**24), 2**24).map(float),
    st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False),
    st.sampled_from([0.0, 1.0, 2.0, 3.0]),
    st.sampled_from([0.0, 1.0]),
    st.integers(-700_000, 2_900_000).map(float),
)
ROWS = st.lists(st.tuples(*(st.just(math.nan) | values for values in VALUES)), min_size=1, max_size=20)


@given(ROWS)
def test_the_door_makes_the_same_matrix_of_it(rows):
    """Whatever the door has made of records, its table leads to the same numbers."""
    matrix = np.array(rows, dtype=np.float32)
    np.testing.assert_array_equal(DOOR.table(word_table(matrix, SIGNATURE)), matrix)


def test_the_largest_number_is_taken_again():
    """Its shortest text is a little larger than any float32."""
    matrix = np.array([[1.0, np.finfo(np.float32).max, 0.0, 1.0, 0.0]], dtype=np.float32)
    np.testing.assert_array_equal(DOOR.table(word_table(matrix, SIGNATURE)), matrix)


@pytest.mark.parametrize(("taken", "word"), [((), "unseen"), (("unseen",), "(unseen)")])
def test_the_word_for_the_unseen_is_nobody_elses(taken, word):
    """A vocabulary that has the word itself gets another one."""
    assert unseen_word(Column("job", Kind.CATEGORY, categories=("a", *taken))) == word
