"""What was learnt: sums of boosters, and probabilities of them."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.training.recommender.learned import ABSENT, Learned, without_gaps


class Booster:
    """Says what it is told, row by row; as LightGBM it answers one class flat."""

    def __init__(self, *sums: list[float]) -> None:
        self._sums = np.array(sums).T
        self.asked = np.empty(0)

    def predict(self, matrix, *, raw_score):
        assert raw_score
        self.asked = matrix
        return self._sums[:, 0] if self._sums.shape[1] == 1 else self._sums


ALL_OPEN = np.ones((2, 1), dtype=np.bool_)
MATRIX = np.array([[1.0, np.nan], [2.0, 3.0]], dtype=np.float32)


def test_each_sum_is_the_logit_of_a_product():
    """Booster by booster, and what a sum begins with; one without a booster stays there."""
    boosters = (((0,), Booster([1.0, -1.0])), ((2,), Booster([0.0, 700.0])))
    found = Learned(boosters, np.array([0.5, -3.0, 0.0]), "each").chances(MATRIX, np.ones((2, 3), dtype=np.bool_))
    sums = np.array([[1.5, -3.0, 0.0], [-0.5, -3.0, 700.0]])
    np.testing.assert_allclose(found.products, 1 / (1 + np.exp(-sums)))
    np.testing.assert_allclose(found.anything, 1 - (1 - found.products).prod(axis=1))


def test_whether_and_which_are_multiplied():
    """The last sum says whether; the softmax of the others which: only some of them may have a booster."""
    boosters = (((3,), Booster([0.0, 2.0])), ((0, 2), Booster([1.0, 900.0], [1.0, -900.0])))
    learned = Learned(boosters, np.array([0.0, -np.inf, 0.0, 0.0]), "whether_and_which")
    anything, products = learned.chances(MATRIX, np.ones((2, 3), dtype=np.bool_))
    np.testing.assert_allclose(anything, [0.5, 1 / (1 + np.exp(-2))])
    np.testing.assert_allclose(products, [[0.25, 0, 0.25], [anything[1], 0, 0]])


def test_which_is_of_what_is_open_and_of_several_that_are_added():
    """What is owned has no share; where 1.2 products are added on average, each is likelier by so much."""
    boosters = (((3,), Booster([0.0, 0.0])), ((0, 2), Booster([1.0, 3.0], [1.0, 3.0])))
    learned = Learned(boosters, np.array([0.0, -np.inf, 0.0, 0.0]), "whether_and_which", additions=1.2)
    is_open = np.array([[False, True, True], [False, False, False]])
    anything, products = learned.chances(MATRIX, is_open)
    np.testing.assert_allclose(anything, [0.5, 0.0])
    np.testing.assert_allclose(products[0, 1:], [0.0, 0.6])


@pytest.mark.parametrize("link", ["each", "whether_and_which"])
def test_what_is_far_below_zero_is_no_fault(link):
    """A product that never was has a probability of nothing, and nobody is warned."""
    learned = Learned((((0,), Booster([-1e4, -1e4])),), np.array([0.0, -1e4]), link)
    anything, products = learned.chances(MATRIX, np.ones((2, 2 - (link != "each")), dtype=np.bool_))
    assert np.isfinite(anything).all()
    assert np.isfinite(products).all()


def test_a_missing_value_is_the_largest_number():
    """To each booster: it goes to the right of every question, as a missing value does in a graph."""
    booster = Booster([0.0, 0.0])
    Learned((((0,), booster),), np.zeros(1), "each").chances(MATRIX, ALL_OPEN)
    assert booster.asked.tolist() == [[1.0, ABSENT], [2.0, 3.0]]
    assert without_gaps(MATRIX).dtype == np.float32
    assert np.isnan(MATRIX[0, 1])
