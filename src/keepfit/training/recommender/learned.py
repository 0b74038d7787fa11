"""What was learnt of many products: boosters, what they add to, and what makes probabilities of the sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Matrix
from keepfit.training.trees import Tree, lightgbm_trees

ABSENT = float(np.finfo(np.float32).max)  # stands for a missing value in a booster: it goes right, as NaN in a graph
CLOSED = -1e30  # the logit of a product that is owned
Link = Literal["each", "whether_and_which"]


class Chances(NamedTuple):
    """What is likely of some rows.

    Attributes
    ----------
    anything
        The probability that anything is added, `(n_rows,)`.
    products
        That each product is, `(n_rows, n_products)`; of one that is owned it says nothing.
    """

    anything: Floats
    products: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """Boosters over one matrix of features.

    Attributes
    ----------
    boosters
        LightGBM's, each with the numbers of the sums that its classes add to.
    base
        What each sum begins with, `(n_sums,)`.
    link
        `each`: a sum is the logit of a product. `whether_and_which`: the last sum is the logit that anything is added,
        and the softmax of the others, over what is open, says which product it is then.
    additions
        How many products are added on average where any is: which product it is says one of them.
    """

    boosters: tuple[tuple[tuple[int, ...], Any], ...]
    base: Floats
    link: Link
    additions: float = 1.0

    def chances(self, matrix: Matrix, is_open: NDArray[np.bool_]) -> Chances:
        """Return the probabilities, as LightGBM has them.

        Parameters
        ----------
        matrix
            Features, `(n_rows, n_features)`; NaN where a value is missing.
        is_open
            Which products are not owned, `(n_rows, n_products)`.
        """
        filled = without_gaps(matrix)
        sums = np.tile(self.base, (len(matrix), 1))
        for numbers, booster in self.boosters:
            raw = booster.predict(filled, raw_score=True)
            sums[:, list(numbers)] += raw.reshape(len(matrix), len(numbers))
        if self.link == "each":
            products = _sigmoid(sums)
            return Chances(any_of(np.where(is_open, products, 0.0)), products)
        anything = _sigmoid(sums[:, -1]) * is_open.any(axis=1)
        logits = np.where(is_open, sums[:, :-1], CLOSED)
        which = np.exp(logits - logits.max(axis=1, keepdims=True))
        products = anything[:, None] * which / which.sum(axis=1, keepdims=True) * self.additions
        return Chances(anything, np.minimum(products, 1.0))

    def trees(self) -> list[tuple[int, Tree]]:
        """Return all trees, each with the number of the sum that its leaves add to."""
        found = []
        for numbers, booster in self.boosters:
            rounds = booster.current_iteration()
            grown = enumerate(lightgbm_trees(booster, rounds))
            found += [(numbers[place % len(numbers)], tree) for place, tree in grown]
        return found


def any_of(products: Floats) -> Floats:
    """Return the probability that any of some products is added, `(n_rows,)`, as if each were for itself."""
    found: Floats = 1 - np.prod(1 - products, axis=1)
    return found


def without_gaps(matrix: Matrix) -> Matrix:
    """Return a matrix with the largest number where a value is missing."""
    return np.where(np.isnan(matrix), np.float32(ABSENT), matrix)


def _sigmoid(logits: Floats) -> Floats:
    with np.errstate(over="ignore"):
        probability: Floats = 1 / (1 + np.exp(-logits))
    return probability
