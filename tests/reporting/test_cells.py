"""A table's cells: how they are read, and what they are sorted by."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting import Mark, TableColumn, Worded
from keepfit.reporting.cells import NOTHING, cell_text, sort_value
from keepfit.reporting.page import STATES

TEXT = TableColumn("text")
NUMBER = TableColumn("number", is_number=True, form=".3f")
SHARE = TableColumn("share", is_number=True, form=".1%")


@pytest.mark.parametrize("column", [TEXT, NUMBER, SHARE])
@pytest.mark.parametrize("value", [None, math.nan])
def test_nothing_is_a_dash(column, value):
    """What is not there and what is no number read as a dash and sort last."""
    assert cell_text(value, column) == NOTHING
    assert sort_value(value) == ""


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (0.5, NUMBER, "0.500"),
        (-0.5, NUMBER, "-0.500"),
        (0, NUMBER, "0"),
        (1234567, NUMBER, "1,234,567"),
        (71188.2, TableColumn("n", is_number=True), "71,188"),
        (1423.4, TableColumn("n", is_number=True), "1,423"),
        (-7796.0, TableColumn("n", is_number=True), "-7,796"),
        (999.96, TableColumn("n", is_number=True), "1,000"),
        (999.4, TableColumn("n", is_number=True), "999.4"),
        (0.25, SHARE, "25.0%"),
        (1, SHARE, "100.0%"),
        (math.inf, NUMBER, "∞"),
        (-math.inf, SHARE, "−∞"),  # noqa: RUF001 - the sign of a number
        ("as it is", NUMBER, "as it is"),
        (True, NUMBER, "True"),
        (0.5, TEXT, "0.5"),
        ("", TEXT, ""),
        (Mark("ok", "stable"), NUMBER, "stable"),
        (Worded("1 to 2", 1.0), TEXT, "1 to 2"),
    ],
)
def test_a_cell_is_read_in_its_columns_form(value, column, text):
    """Numbers have their column's form, whole ones their thousands; what is worded stays so."""
    assert cell_text(value, column) == text


@given(st.one_of(st.integers(-(10**15), 10**15), st.floats(allow_nan=False)))
def test_a_number_sorts_by_itself(value):
    """What a number is sorted by reads back, in Python as in JavaScript, to the whole of it and not to its rounding."""
    told = sort_value(value)
    assert told in {"Infinity", "-Infinity"} if math.isinf(value) else "n" not in told
    assert float(told) == value


@given(st.floats())
def test_words_sort_by_their_number(value):
    """A worded cell sorts as its number alone would."""
    assert sort_value(Worded("words", value)) == sort_value(value)


def test_states_sort_from_best_to_worst():
    """Marks sort by their state, not by their words."""
    marks = [Mark(state, text) for state, text in zip(STATES, ("z", "y", "x", "w"), strict=True)]
    assert sorted(map(sort_value, marks)) == [sort_value(mark) for mark in marks]
