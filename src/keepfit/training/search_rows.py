"""The rows that a search is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Labels, Matrix


@dataclass(frozen=True, slots=True)
class SearchRows:
    """The rows of a search.

    Attributes
    ----------
    matrix, labels
        Features from the door `(n_rows, n_features)` and classes 0 or 1 `(n_rows,)`.
    train, holdout
        Row numbers of the two parts, without overlap.
    groups
        Whom each row is about, `(n_rows,)`: rows of one group stay in one fold. None where each is about another.
    times
        When each row was, `(n_rows,)`, greater for later rows: folds are asked about later rows than those that they
        were fitted on. None where the order of time says nothing.
    weights
        Weight of each row in fitting, `(n_rows,)`; scores are never weighted. None for equal weights.
    """

    matrix: Matrix
    labels: Labels
    train: NDArray[np.int64]
    holdout: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None
    weights: NDArray[np.float64] | None = None
    times: NDArray[np.int64] | None = None
