"""Missing values against the target."""

from __future__ import annotations

import numpy as np
import polars as pl

from keepfit.exploration.absences import absent_together, describe_absences

FRAME = pl.DataFrame(
    {
        "a": [None, None, 1, 2, 3, 4],
        "b": ["x", None, "x", None, "x", "x"],
        "c": [float("nan"), None, 1.5, 2.5, 3.5, 4.5],
        "d": [1, 2, 3, 4, 5, 6],
    }
)


def test_what_is_missing_in_the_same_rows_is_one():
    """NaN is missing too; a column without gaps is none."""
    assert absent_together(FRAME) == (("a", "c"), ("b",))


def test_rates_are_those_of_the_rows_with_a_target():
    """Where a value is missing, and where it is there."""
    (first,) = describe_absences(FRAME, [("a", "c")], np.array([1, -1, 0, 0, 1, 0]))
    assert (first.columns, first.missing.rows, first.known.rows) == (("a", "c"), 1, 4)
    assert (first.missing.rate.value, first.known.rate.value) == (1.0, 0.25)


def test_a_column_without_a_gap_or_without_a_value_is_compared_with_nothing():
    """Among the rows that have a target."""
    assert describe_absences(FRAME, [("a", "c")], np.array([-1, -1, 0, 0, 1, 0])) == ()
    assert describe_absences(FRAME, [("a", "c")], np.array([1, 0, -1, -1, -1, -1])) == ()
