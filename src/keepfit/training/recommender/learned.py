"""What was learnt of many products: boosters, what they add to, and what makes probabilities of the sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.trees import Tree, lightgbm_trees

ABSENT = float(np.finfo(np.float32).max)  # stands for a missing value in a booster: it goes right, as NaN in a graph
Link = Literal["each", "whether_and_which"]


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
        and the softmax of the others says which product it is then.
    """

    boosters: tuple[tuple[tuple[int, ...], Any], ...]
    base: Floats
    link: Link

    def probabilities(self, matrix: Matrix) -> Floats:
        """Return the probability of each product, `(n_rows, n_products)`, as LightGBM has it.

        Parameters
        ----------
        matrix
            Features, `(n_rows, n_features)`; NaN where a value is missing.
        """
        filled = without_gaps(matrix)
        sums = np.tile(self.base, (len(matrix), 1))
        for numbers, booster in self.boosters:
            raw = booster.predict(filled, raw_score=True)
            sums[:, list(numbers)] += raw.reshape(len(matrix), len(numbers))
        if self.link == "each":
            return _sigmoid(sums)
        which = np.exp(sums[:, :-1] - sums[:, :-1].max(axis=1, keepdims=True))
        found: Floats = _sigmoid(sums[:, -1:]) * which / which.sum(axis=1, keepdims=True)
        return found

    def trees(self) -> list[tuple[int, Tree]]:
        """Return all trees, each with the number of the sum that its leaves add to."""
        found = []
        for numbers, booster in self.boosters:
            rounds = booster.current_iteration()
            grown = enumerate(lightgbm_trees(booster, rounds))
            found += [(numbers[place % len(numbers)], tree) for place, tree in grown]
        return found


def without_gaps(matrix: Matrix) -> Matrix:
    """Return a matrix with the largest number where a value is missing."""
    return np.where(np.isnan(matrix), np.float32(ABSENT), matrix)


def _sigmoid(logits: Floats) -> Floats:
    with np.errstate(over="ignore"):
        probability: Floats = 1 / (1 + np.exp(-logits))
    return probability
