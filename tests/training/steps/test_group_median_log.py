"""The logarithm of a number, with the median of its category where it is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnxruntime import InferenceSession
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

from keepfit.training.steps import register_steps
from keepfit.training.steps.group_median_log import GroupMedianLog

NAN = np.nan
TAUGHT = np.array(
    [[1, 0], [100, 0], [10_000, 0], [NAN, 0], [50, 2], [70, 2], [NAN, 3], [20, NAN], [NAN, NAN]], np.float32
)
NUMBERS = st.just(NAN) | st.floats(-1e7, 1e7, width=32)
CODES = st.just(NAN) | st.integers(-1, 6).map(float)
ROWS = st.lists(st.tuples(NUMBERS, CODES), min_size=1, max_size=30).map(lambda rows: np.array(rows, np.float32))


def answered(fitted: GroupMedianLog, matrix: np.ndarray) -> np.ndarray:
    """Return what the graph makes of rows."""
    register_steps()
    graph = to_onnx(
        fitted, initial_types=[("rows", FloatTensorType([None, 2]))], target_opset={"": 18, "ai.onnx.ml": 3}
    )
    (found,) = InferenceSession(graph.SerializeToString()).run(None, {"rows": matrix})
    return found


def made(asked: list[list[float]], taught: np.ndarray = TAUGHT) -> np.ndarray:
    """Return what the step makes of rows, when the graph makes the same."""
    matrix = np.array(asked, np.float32)
    fitted = GroupMedianLog().fit(taught)
    found = fitted.transform(matrix)
    np.testing.assert_array_equal(answered(fitted, matrix), found)
    return found[:, 0]


def test_a_known_number_is_its_logarithm():
    """Whatever its category; below 0 it counts as 0."""
    found = made([[0, 0], [np.e - 1, 2], [1e6, NAN], [-5, 0], [-1, 9]])
    assert found == pytest.approx([0, 1, np.log1p(1e6), 0, 0], abs=1e-6)


def test_a_missing_number_is_the_median_of_its_category():
    """That of the logarithms: between two numbers it is the middle of these."""
    found = made([[NAN, 0], [NAN, 2]])
    assert found == pytest.approx([np.log(101), (np.log(51) + np.log(71)) / 2], rel=1e-6)


@pytest.mark.parametrize("code", [NAN, -1, 1, 3, 4, 99], ids=str)
def test_a_category_of_no_known_number_has_the_median_of_all(code):
    """One that is missing, that no training row has, that has no number there, and those beyond the last."""
    assert made([[NAN, code]]) == pytest.approx([(np.log(51) + np.log(71)) / 2])  # of 1, 20, 50, 70, 100 and 10,000


@pytest.mark.parametrize("taught", [[[NAN, 0], [NAN, 1]], [[NAN, NAN]]], ids=["categories", "nothing"])
def test_without_any_number_it_is_0(taught):
    """A fold may have no number at all: the column is kept."""
    assert made([[NAN, 0], [NAN, NAN]], np.array(taught, np.float32)) == pytest.approx([0, 0])


def test_categories_may_all_be_missing():
    """Then the median of all rows stands for each."""
    taught = np.array([[1, NAN], [3, NAN], [7, NAN]], np.float32)
    assert made([[NAN, 0], [NAN, NAN]], taught) == pytest.approx([np.log(4)] * 2)


@given(ROWS, ROWS)
def test_the_graph_makes_the_same(taught, asked):
    """Of rows with missing numbers, missing and unseen categories, to the bit, and never a missing value."""
    fitted = GroupMedianLog().fit(taught)
    found = fitted.transform(asked)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(answered(fitted, asked), found)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_has_no_say(taught, random):
    """Rows that are shuffled teach the same medians, each that of the logarithms of its rows."""
    order = list(range(len(taught)))
    random.shuffle(order)
    medians = GroupMedianLog().fit(taught).medians_
    np.testing.assert_array_equal(GroupMedianLog().fit(taught[order]).medians_, medians)
    for code, median in enumerate(medians[:-1]):
        known = taught[(taught[:, 1] == code) & ~np.isnan(taught[:, 0]), 0]
        assert not len(known) or median == pytest.approx(np.median(np.log1p(np.maximum(known, 0.0))), abs=1e-6)


def test_the_name_is_the_numbers():
    """The category only fills."""
    fitted = GroupMedianLog().fit(TAUGHT)
    assert list(fitted.get_feature_names_out(["income", "province"])) == ["income"]
