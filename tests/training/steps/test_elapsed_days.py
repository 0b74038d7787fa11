"""The days from one date to another: Python's own, and in the graph."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

from keepfit.date_text import day_of
from keepfit.training.steps import register_steps
from keepfit.training.steps.elapsed_days import ElapsedDays

NAN = np.nan
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
PLAIN = ElapsedDays().fit(np.zeros((1, 2), np.float32))


def session() -> InferenceSession:
    register_steps()
    graph = to_onnx(PLAIN, initial_types=[("days", FloatTensorType([None, 2]))], target_opset={"": 18, "ai.onnx.ml": 3})
    return InferenceSession(graph.SerializeToString())


GRAPH = session()


def both(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the days as numpy has them, and as the graph has them."""
    (exported,) = GRAPH.run(None, {"days": matrix})
    made = PLAIN.transform(matrix)
    assert made.dtype == exported.dtype == np.float32
    return made, exported


@given(st.lists(st.tuples(DATES, DATES), min_size=1, max_size=20))
def test_days_are_pythons(pairs):
    """Of any two dates of two centuries, in either order, to the day."""
    matrix = np.array([[day_of(first), day_of(second)] for first, second in pairs], np.float32)
    expected = [[(second - first).days] for first, second in pairs]
    for found in both(matrix):
        np.testing.assert_array_equal(found, expected)


def test_every_number_of_days_to_a_century_is_exact():
    """From 0 to 40,000 days, before 1970 and after."""
    days = np.arange(40_001)
    for first in (-25_000, 0, 17_000):
        for found in both(np.column_stack([np.full_like(days, first), first + days]).astype(np.float32)):
            np.testing.assert_array_equal(found[:, 0], days)


def test_days_are_missing_with_either_date():
    """The rows beside it have theirs."""
    matrix = np.array([[10, NAN], [NAN, 10], [NAN, NAN], [10, 30]], np.float32)
    for found in both(matrix):
        np.testing.assert_array_equal(found, [[NAN], [NAN], [NAN], [20]])


def test_the_name_tells_from_which_date_to_which():
    """In the order of the columns."""
    assert list(PLAIN.get_feature_names_out(["joined", "left"])) == ["joined_to_left"]
