"""The confusion matrix of a binary decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.metrics import require_rows


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of decisions by what was true."""

    true_negative: int
    false_positive: int
    false_negative: int
    true_positive: int


def confusion(labels: Labels, probability: Floats, threshold: float) -> Confusion:
    """Count the decisions at a threshold; see `keepfit.evaluation.scores` for the parameters and what is refused."""
    require_rows(labels, probability, threshold)
    cells = np.bincount(2 * (labels == 1) + (probability >= threshold), minlength=4)
    return Confusion(*(int(count) for count in cells))
