"""A recommender after its fit: what is made of the door's matrix, what was learnt of it, and one graph of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.recommender.graph import recommender_graph
from keepfit.training.recommender.learned import Learned


@dataclass(frozen=True, slots=True)
class FittedRecommender:
    """A fitted recommender.

    Attributes
    ----------
    front
        A fitted transformer from the door's matrix to features.
    learned
        Of the features.
    owned
        For each product the column of the door's matrix that says whether it is owned.
    width
        Columns of the door's matrix.
    """

    front: Any
    learned: Learned
    owned: tuple[int, ...]
    width: int

    def offers(self, matrix: Matrix) -> Floats:
        """Return the probability that each product is added, NaN for one that is owned, `(n_rows, n_products)`."""
        probabilities = self.learned.probabilities(self.front.transform(matrix))
        probabilities[matrix[:, list(self.owned)] == 1] = np.nan
        return probabilities

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability that anything is added, `(n_rows,)`."""
        return any_added(self.offers(matrix))

    def to_onnx(self) -> bytes:
        """Return the graph; see `recommender_graph`."""
        return recommender_graph(self.front, self.learned, self.owned, self.width)


def any_added(offers: Floats) -> Floats:
    """Return the probability that any product is added, `(n_rows,)`, as if each were for itself."""
    left: Floats = 1 - np.prod(1 - np.nan_to_num(offers, nan=0.0), axis=1)
    return left
