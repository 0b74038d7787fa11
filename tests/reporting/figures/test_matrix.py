"""The square of associations."""

from __future__ import annotations

import math

import pytest

from keepfit.reporting.figures import association_square, share_square


def test_every_pair_has_a_cell_and_the_strongest_are_told():
    """Shades by value, numbers off the diagonal, and the strongest in words."""
    figure = association_square("all pairs", ["a", "b <i>", "c"], [[1, 0.5, 0.1], [0.5, 1, 0.25], [0.1, 0.25, 1]])
    assert figure.svg.count("<g>") == 9
    assert figure.svg.count(">.50<") == 2
    assert "<i>" not in figure.svg
    assert figure.description == "all pairs; the strongest: b <i> and a 0.50; c and b <i> 0.25; c and a 0.10"


def test_a_pair_without_a_value_is_left_empty():
    """NaN has no shade."""
    assert association_square("x", ["a", "b"], [[1, math.nan], [math.nan, 1]]).svg.count("<g>") == 2


def test_many_columns_are_shaded_without_numbers():
    """Beyond two dozen the numbers would not be readable: they are in each cell's title."""
    names = [f"column {at}" for at in range(30)]
    figure = association_square("x", names, [[0.5] * 30] * 30)
    assert figure.svg.count("tiny") == 0
    assert "column 0 and column 1: 0.500" in figure.svg


def test_a_ragged_matrix_is_a_mistake():
    """One value for each pair."""
    with pytest.raises(ValueError, match="a row and a column for each name"):
        association_square("x", ["a", "b"], [[1, 0]])


def test_a_share_has_a_direction():
    """In each cell and in words: of the row's, how many have the column's too; both ways are told."""
    figure = share_square("of those with one", ["card", "account"], [[1, 0.92], [0.25, 1]])
    assert "of card, have account: 92%" in figure.svg
    assert figure.description == (
        "of those with one; the strongest: of card, have account: 92%; of account, have card: 25%"
    )


def test_a_share_of_nothing_is_not_told():
    """NaN is neither drawn nor among the strongest."""
    figure = share_square("x", ["a", "b"], [[math.nan, math.nan], [0.5, 1]])
    assert figure.description == "x; the strongest: of b, have a: 50%"
