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


MATRIX = np.array([[1.0, np.nan], [2.0, 3.0]], dtype=np.float32)


def test_each_sum_is_the_logit_of_a_product():
    """Booster by booster, and what a sum begins with; one without a booster stays there."""
    boosters = (((0,), Booster([1.0, -1.0])), ((2,), Booster([0.0, 700.0])))
    found = Learned(boosters, np.array([0.5, -3.0, 0.0]), "each").probabilities(MATRIX)
    sums = np.array([[1.5, -3.0, 0.0], [-0.5, -3.0, 700.0]])
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-sums)))


def test_whether_and_which_are_multiplied():
    """The last sum says whether; the softmax of the others which: only some of them may have a booster."""
    boosters = (((3,), Booster([0.0, 2.0])), ((0, 2), Booster([1.0, 900.0], [1.0, -900.0])))
    found = Learned(boosters, np.array([0.0, -np.inf, 0.0, 0.0]), "whether_and_which").probabilities(MATRIX)
    np.testing.assert_allclose(found[0], [0.25, 0, 0.25])
    np.testing.assert_allclose(found[1], [1 / (1 + np.exp(-2)), 0, 0])


@pytest.mark.parametrize("link", ["each", "whether_and_which"])
def test_what_is_far_below_zero_is_no_fault(link):
    """A product that never was has a probability of nothing, and nobody is warned."""
    learned = Learned((((0,), Booster([-1e4, -1e4])),), np.array([0.0, -1e4]), link)
    assert np.isfinite(learned.probabilities(MATRIX)).all()


def test_a_missing_value_is_the_largest_number():
    """To each booster: it goes to the right of every question, as a missing value does in a graph."""
    booster = Booster([0.0, 0.0])
    Learned((((0,), booster),), np.zeros(1), "each").probabilities(MATRIX)
    assert booster.asked.tolist() == [[1.0, ABSENT], [2.0, 3.0]]
    assert without_gaps(MATRIX).dtype == np.float32
    assert np.isnan(MATRIX[0, 1])
