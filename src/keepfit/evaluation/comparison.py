"""Challenger against champion, on rows that taught neither."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.evaluation.baseline import best_constant
from keepfit.evaluation.intervals import Estimate, paired_difference, score_intervals
from keepfit.evaluation.metrics import METRICS
from keepfit.project.training_section import Costs


@dataclass(frozen=True, slots=True)
class Contest:
    """One set of rows and what both models answered on it.

    Attributes
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    champion, challenger
        Probabilities of the positive class, `(n_rows,)`.
    champion_threshold, challenger_threshold
        From which probability on each decides positive.
    """

    labels: NDArray[np.int8]
    champion: NDArray[np.float64]
    challenger: NDArray[np.float64]
    champion_threshold: float
    challenger_threshold: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who did how well on one set of rows.

    Attributes
    ----------
    rows
        How many rows judged.
    metric
        What they are judged by.
    champion, challenger
        All scores with 95 % intervals.
    gain
        By how much the challenger is better in `metric` (positive is better, whatever the metric's direction), with
        the 95 % interval of the paired bootstrap.
    best_constant
        The best score in `metric` that a constant decision gets on these rows; NaN where there is none.
    """

    rows: int
    metric: str
    champion: dict[str, Estimate]
    challenger: dict[str, Estimate]
    gain: Estimate
    best_constant: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)


def compare_models(contest: Contest, metric: str, *, seed: int, costs: Costs | None = None) -> Comparison:
    """Score both models on the same rows and the same resamples of them."""
    thresholds = (contest.challenger_threshold, contest.champion_threshold)
    difference = paired_difference(
        contest.labels, contest.challenger, contest.champion, thresholds, metric, seed=seed, costs=costs
    )
    if not METRICS[metric].higher_is_better:
        difference = Estimate(0.0 - difference.value, 0.0 - difference.high, 0.0 - difference.low)
    return Comparison(
        len(contest.labels),
        metric,
        score_intervals(contest.labels, contest.champion, contest.champion_threshold, seed=seed, costs=costs),
        score_intervals(contest.labels, contest.challenger, contest.challenger_threshold, seed=seed, costs=costs),
        difference,
        best_constant(metric, contest.labels, costs),
    )
