"""The parts of a date: Python's own, in numpy and in the exported graph."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

from keepfit.date_text import day_of
from keepfit.training.steps import register_steps
from keepfit.training.steps.civil_date import PARTS
from keepfit.training.steps.date_parts import DEFAULT_PARTS, DateParts
from keepfit.training.steps.from_first import FromFirst

FIRST, LAST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
OPSET = {"": 18, "ai.onnx.ml": 3}


def parts_of(date: dt.date) -> dict[str, int]:
    """Return what Python says of a date."""
    return {
        "year": date.year,
        "quarter": (date.month - 1) // 3 + 1,
        "month": date.month,
        "day": date.day,
        "weekday": date.weekday(),
        "day_of_year": date.timetuple().tm_yday,
        "is_month_end": int((date + dt.timedelta(days=1)).day == 1),
    }


@cache
def session(estimator: type, columns: int, **parameters) -> InferenceSession:
    register_steps()
    fitted = estimator(**parameters).fit(np.zeros((1, columns), np.float32))
    graph = to_onnx(fitted, initial_types=[("days", FloatTensorType([None, columns]))], target_opset=OPSET)
    return InferenceSession(graph.SerializeToString())


def both(matrix: np.ndarray, parts: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the parts as numpy has them, and as the graph has them."""
    made = DateParts(parts).fit(matrix).transform(matrix)
    (exported,) = session(DateParts, matrix.shape[1], parts=parts).run(None, {"days": matrix})
    assert made.dtype == exported.dtype == np.float32
    return made, exported


@given(st.lists(st.dates(FIRST, LAST), min_size=1, max_size=20))
def test_parts_are_pythons(dates):
    """Every part of every day from 1900 to 2100, before 1970 too."""
    matrix = np.array([[day_of(date)] for date in dates], np.float32)
    expected = np.array([[parts_of(date)[part] for part in PARTS] for date in dates], np.float32)
    for found in both(matrix, tuple(PARTS)):
        np.testing.assert_array_equal(found, expected)


def test_every_day_of_four_centuries_is_right():
    """All days until the calendar repeats, and the first and last that there are."""
    dates = [dt.date.fromordinal(at) for at in range(dt.date(1800, 1, 1).toordinal(), dt.date(2200, 1, 2).toordinal())]
    dates += [dt.date.min, dt.date(1, 12, 31), dt.date(9999, 12, 30)]
    matrix = np.array([[day_of(date)] for date in dates], np.float32)
    expected = np.array([list(parts_of(date).values()) for date in dates], np.float32)
    for found in both(matrix, tuple(PARTS)):
        np.testing.assert_array_equal(found, expected)


def test_columns_stand_beside_each_other():
    """The first part of every column, then the second; a day and a half, as a median may be, is the day."""
    days = [day_of(dt.date(2016, 4, 28)) + 0.5, day_of(dt.date(1969, 12, 31)) + 0.5]
    for found in both(np.array([days], np.float32), ("year", "weekday")):
        np.testing.assert_array_equal(found, [[2016, 1969, 3, 2]])
    names = DateParts(["year", "weekday"]).fit(np.zeros((1, 2))).get_feature_names_out(["joined", "left"])
    assert list(names) == ["joined_year", "left_year", "joined_weekday", "left_weekday"]


def test_four_parts_are_the_default():
    """Year, month, day and weekday."""
    assert DateParts().parts == DEFAULT_PARTS == ("year", "month", "day", "weekday")


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=8))
def test_numbers_are_counted_from_the_first(values):
    """The least is from 0 up to 1; what is whole is taken away exactly, here as in the graph."""
    matrix = np.array(values, np.float32)[:, None]
    made = FromFirst().fit(matrix)
    found = made.transform(matrix)
    assert 0 <= found.min() <= 1
    graph = to_onnx(_registered(made), initial_types=[("days", FloatTensorType([None, 1]))], target_opset=OPSET)
    (exported,) = InferenceSession(graph.SerializeToString()).run(None, {"days": matrix})
    np.testing.assert_array_equal(exported, found)


def _registered(made):
    register_steps()
    return made


@pytest.mark.parametrize("part", PARTS)
def test_a_part_alone_is_the_part_among_all(part):
    """Each part can be had by itself."""
    matrix = np.array([[-1.0], [0.0], [16919.0]], np.float32)
    together = both(matrix, tuple(PARTS))[0][:, [list(PARTS).index(part)]]
    for found in both(matrix, (part,)):
        np.testing.assert_array_equal(found, together)
