"""Quality: what the labels that came say of the answers that were given."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.evaluation import Confusion, Estimate, confusion, score_intervals
from keepfit.project.monitoring_section import MonitoringSection


@dataclass(frozen=True, slots=True)
class Quality:
    """Scores of the newest labelled rows.

    Attributes
    ----------
    labelled
        Rows that were scored.
    scores
        Every metric with its 95 % bootstrap interval over the labelled rows.
    confusion
        Decisions by what was true.
    floor
        The F1 below which the project wants an alarm.
    is_below_floor
        Whether F1 is below it with its whole interval: a point below it alone is often chance.
    is_sufficient
        Whether there are enough labels, of both classes.
    """

    labelled: int
    scores: dict[str, Estimate]
    confusion: Confusion
    floor: float
    is_below_floor: bool
    is_sufficient: bool

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return asdict(self)


def measure(
    labels: NDArray[np.int8],
    probability: NDArray[np.float64],
    section: MonitoringSection,
    threshold: float,
    *,
    seed: int,
) -> Quality:
    """Measure rows whose labels have come.

    Parameters
    ----------
    labels, probability
        Classes 0 or 1 and the probabilities that were answered, `(n_labelled,)`, at least one.
    section
        Smallest window and floor.
    threshold
        Probability from which on the decision was positive.
    seed
        Seed of the bootstrap.
    """
    found = score_intervals(labels, probability, threshold, seed=seed)
    is_sufficient = len(labels) >= section.min_window and len(np.unique(labels)) > 1
    return Quality(
        len(labels),
        found,
        confusion(labels, probability, threshold),
        section.min_f1,
        is_sufficient and found["f1"].high < section.min_f1,
        is_sufficient,
    )
