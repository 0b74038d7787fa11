"""Lists of products against what was added: counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.evaluation.product_lists import (
    ProductCounts,
    ProductLists,
    list_points,
    list_scores,
    product_counts,
    ranking_scores,
)

#                                 a, b, c
RECOMMENDED = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]], dtype=np.bool_)
ADDED = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0]], dtype=np.bool_)
LISTS = ProductLists(RECOMMENDED, ADDED)


def test_scores_are_of_all_recommendations_together():
    """One of four is right, and one of three additions was recommended: F1 is 2 * 1 / (4 + 3)."""
    assert list_points(LISTS) == {"precision_micro": 1 / 4, "recall_micro": 1 / 3, "f1_micro": pytest.approx(2 / 7)}


def test_intervals_are_of_resampled_rows():
    """Each holds its point; of rows that are all alike it has no width."""
    found = list_scores(LISTS, seed=1)
    assert {name: one.value for name, one in found.items()} == pytest.approx(list_points(LISTS))
    assert all(one.low <= one.value <= one.high and one.low < one.high for one in found.values())
    alike = list_scores(
        ProductLists(np.tile(RECOMMENDED[1], (9, 1)), np.tile(ADDED[1] | RECOMMENDED[0], (9, 1))), seed=1
    )
    assert {(one.value, one.low, one.high) for one in alike.values()} == {(0.5, 0.5, 0.5)}


def test_where_nothing_is_recommended_and_nothing_added_scores_are_nought():
    """As F1 of a binary model is where its denominator is."""
    nothing = np.zeros((3, 2), dtype=np.bool_)
    assert set(list_points(ProductLists(nothing, nothing)).values()) == {0.0}


def test_each_product_is_counted():
    """The one that is added most first; what is never recommended has no precision, what nobody adds no recall."""
    wide = ProductLists(np.c_[RECOMMENDED, [0, 0, 0, 1]] == 1, np.c_[ADDED, [0, 0, 0, 0]] == 1)
    assert product_counts(wide, ["a", "b", "c", "d"]) == [
        ProductCounts("a", 2, 1, 1, 0.5, 1.0),
        ProductCounts("b", 1, 1, 0, 0.0, 0.0),
        ProductCounts("c", 1, 1, 0, 0.0, 0.0),
        ProductCounts("d", 1, 0, 0, 0.0, None),
    ]


def test_a_ranking_is_scored_by_its_mean_average_precision():
    """First, third of three, nobody adds, added and in no list, and first of two of which one is in no list."""
    offers = np.array([[0.5, 0.2, np.nan], [0.1, 0.3, 0.2], [0.1, 0.2, 0.3], [0.1, 0.2, np.nan], [0.3, 0.2, np.nan]])
    added = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1], [1, 0, 1]], dtype=np.bool_)
    found = ranking_scores(added, offers, seed=1)
    total = 1 + 1 / 3 + 0 + 0 + 1 / 2
    assert found["map"].value == pytest.approx(total / 5)
    assert found["map_of_taking"].value == pytest.approx(total / 4)
    assert found["map"].low < found["map"].value < found["map"].high
