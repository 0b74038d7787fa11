"""A recommender after its fit: what is made of the door's matrix, what was learnt of it, and one graph of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.recommender.graph import recommender_graph
from keepfit.training.recommender.learned import Chances, Learned


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

    def chances(self, matrix: Matrix) -> Chances:
        """Return what is likely of rows of the door; the probability of a product that is owned is NaN."""
        is_open = matrix[:, list(self.owned)] != 1
        anything, products = self.learned.chances(self.front.transform(matrix), is_open)
        return Chances(anything, np.where(is_open, products, np.nan))

    def offers(self, matrix: Matrix) -> Floats:
        """Return the probability that each product is added, NaN for one that is owned, `(n_rows, n_products)`."""
        return self.chances(matrix).products

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability that anything is added, `(n_rows,)`."""
        return self.chances(matrix).anything

    def to_onnx(self) -> bytes:
        """Return the graph; see `recommender_graph`."""
        return recommender_graph(self.front, self.learned, self.owned, self.width)
