"""Trees over made features, and the same trees over the columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.training.sources import Source, column_fillers, folded, never_falls
from keepfit.training.trees import LEAF, Tree, merged

LEVELS = [Source(1, -1.0, level=level) for level in (-1.0, 0.0, 1.0, 2.0)]
FILLED = [Source(2, 1.0, level=level) for level in (-1.0, 0.0, 1.0, 2.0)]
ROOT = Source(3, 4.0, curve=np.cbrt)
SOURCES = [Source(0, 2.5), *LEVELS, *FILLED, ROOT]
CODES = (np.nan, 0.0, 1.0, 2.0, 3.0)


def walk(tree: Tree, row: np.ndarray) -> float:
    """Return the leaf of a row, as the docstring of `Tree` says it."""
    node = 0
    while tree.feature[node] >= 0:
        value, threshold = row[tree.feature[node]], tree.threshold[node]
        asks_level = tree.is_level is not None and tree.is_level[node]
        goes_left = (value != threshold) if asks_level else value <= threshold
        node = tree.left[node] if goes_left else tree.right[node]
    return float(tree.value[node])


def made(row: np.ndarray) -> np.ndarray:
    """Return the features of a row, each by its definition."""
    found = []
    for source in SOURCES:
        value = np.float32(source.filler if np.isnan(row[source.column]) else row[source.column])
        value = value if source.level is None else np.float32(value == source.level)
        found.append(source.curve(value) if source.curve else value)
    return np.array(found, np.float32)


def full_tree(features: list[int], thresholds: list[float]) -> Tree:
    """Return a tree of three levels whose leaves are all different."""
    children, padding = np.arange(7), np.zeros(8, np.int64)
    return Tree(
        np.append(features, padding + LEAF),
        np.append(np.array(thresholds, np.float32), padding).astype(np.float32),
        np.append(2 * children + 1, padding),
        np.append(2 * children + 2, padding),
        np.append(np.zeros(7), np.arange(8.0)),
    )


thresholds = st.sampled_from([-1.0, 0.0, 0.5, 0.999, 1.0, 1.5, 2.5]) | st.floats(-10, 10, width=32)
trees = st.builds(
    full_tree,
    st.lists(st.integers(0, len(SOURCES) - 1), min_size=7, max_size=7),
    st.lists(thresholds, min_size=7, max_size=7),
)
numbers = st.just(np.nan) | st.floats(width=32, allow_nan=False, allow_infinity=False)
rows = st.tuples(numbers, st.sampled_from(CODES), st.sampled_from(CODES), numbers)


@given(trees, st.lists(rows, min_size=1, max_size=20))
def test_a_row_gets_the_leaf_of_its_features(tree, asked):
    """Missing, unseen and extreme values included, and thresholds that no feature crosses."""
    fillers = column_fillers(SOURCES, 4)
    over_columns = merged(folded(tree, SOURCES))
    for row in np.array(asked, np.float32):
        filled = np.where(np.isnan(row), fillers, row)
        assert walk(over_columns, filled) == walk(tree, made(row))


def test_a_question_that_all_answer_alike_is_left_out():
    """No column of 0 and 1 is above 1, or at most -1."""
    tree = full_tree([1, 2, 0, 0, 0, 0, 0], [1.0, -1.0, 0.0, 0.0, 7.0, 0.0, 0.0])
    found = merged(folded(tree, SOURCES))
    assert found.feature.tolist() == [0, LEAF, LEAF]
    assert found.threshold[0] == 7.0


def test_a_column_is_filled_with_what_its_features_need():
    """A number by its filler, a category with a level of its own for missing not at all, a column that none asks."""
    np.testing.assert_array_equal(column_fillers(SOURCES, 5), np.array([2.5, np.nan, 1.0, 4.0, np.nan], np.float32))


@pytest.mark.parametrize("second", [Source(0, 3.0), Source(0, -1.0, level=0.0)], ids=str)
def test_two_fillers_of_one_column_cannot_be(second):
    """Then the trees cannot ask the column."""
    assert column_fillers([Source(0, 2.0), second], 1) is None


def test_a_curve_that_falls_is_told():
    """From one piece to the next, by however little."""
    knots = np.array([0.0, 1.0])
    assert never_falls(np.floor, knots)
    assert not never_falls(lambda numbers: np.where(numbers < 1, numbers, np.float32(0.9999)), knots)
