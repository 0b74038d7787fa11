"""How good each contestant is over several shuffles, and by how much another than the first: with intervals.

The rows of all shuffles are the same wines. So wines are resampled, with all that was said of them in every shuffle,
and all contestants are scored on the same resamples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from prequential import Answered  # the file beside this one

from keepfit.arrays import Floats
from keepfit.evaluation import Estimate
from keepfit.evaluation.intervals import interval_of, resampled_weights
from keepfit.evaluation.metrics import ready_rows, weighted_scores

METRICS = ("log_loss", "roc_auc")
RESAMPLES = 1000
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Compared:
    """The scores of a contestant, means over the shuffles.

    Attributes
    ----------
    scores
        Each metric.
    above
        The same less that of the first contestant.
    """

    scores: Mapping[str, Estimate]
    above: Mapping[str, Estimate]


def compared(found: Mapping[str, Sequence[Answered]], seed: int = 0) -> dict[str, Compared]:
    """Return what each contestant scored, by name.

    Parameters
    ----------
    found
        What each said, shuffle by shuffle; the first is the one that the others are held against.
    seed
        Of the resampling.
    """
    drawn = {name: _drawn(shuffles, seed) for name, shuffles in found.items()}
    first = next(iter(drawn.values()))
    return {
        name: Compared(
            {metric: _estimate(values[metric]) for metric in METRICS},
            {metric: _estimate(values[metric] - first[metric]) for metric in METRICS},
        )
        for name, values in drawn.items()
    }


def _drawn(shuffles: Sequence[Answered], seed: int) -> dict[str, Floats]:
    """Return each metric of the rows as they are, and behind it those of the resamples, `(1 + n_resamples,)`."""
    wines = 1 + max(int(one.wines.max()) for one in shuffles)
    weights = np.concatenate([np.ones((1, wines)), *resampled_weights(wines, RESAMPLES, seed)])
    scored = []
    for one in shuffles:
        rows = ready_rows(one.labels, one.before, _HALF)
        scored.append(weighted_scores(rows, weights[:, one.wines]))
    return {metric: np.mean([each[metric] for each in scored], axis=0) for metric in METRICS}


def _estimate(values: Floats) -> Estimate:
    return interval_of(float(values[0]), values[1:])
