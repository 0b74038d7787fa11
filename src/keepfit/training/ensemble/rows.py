"""The rows that a member is fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels, Matrix

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows from the door.

    Attributes
    ----------
    matrix, labels
        Features `(n_rows, n_features)` and classes 0 or 1 `(n_rows,)`.
    weights
        Of the rows, `(n_rows,)`; None for equal ones.
    """

    matrix: Matrix
    labels: Labels
    weights: Floats | None = None

    def at(self, positions: Positions) -> Rows:
        """Return some of the rows."""
        weights = None if self.weights is None else self.weights[positions]
        return Rows(self.matrix[positions], self.labels[positions], weights)
