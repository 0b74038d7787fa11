"""What decisions cost, from their counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.project.training_section import Costs

Counts = NDArray[np.float64]


def total_cost(
    costs: Costs, *, hits: Counts, decided: Counts, positives: Counts | float, rows: Counts | float
) -> Counts:
    """Return the cost of all decisions, in the unit of the costs.

    Parameters
    ----------
    costs
        Of right and wrong decisions.
    hits, decided
        Positives that are decided positive, and all rows that are, `(n,)`.
    positives, rows
        How many there are, `(n,)` or one number for all.
    """
    false_positives, false_negatives = decided - hits, positives - hits
    wrong = costs.false_positive * false_positives + costs.false_negative * false_negatives
    return wrong + costs.true_positive * hits + costs.true_negative * (rows - positives - false_positives)
