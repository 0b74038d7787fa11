"""Quality: what the labels that came say of the answers that were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.evaluation import Confusion, Estimate, Part, Slice, confusion, score_intervals, slice_scores
from keepfit.monitoring.calibration_periods import CalibrationPeriod, calibration_periods
from keepfit.monitoring.score_differences import Ends, ScoreDifference, score_differences
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.project.training_section import Costs

FEWEST_OF_A_CLASS = 10  # with fewer a bootstrap of F1 has intervals that are too narrow
_RESAMPLES_OF_PARTS = 300  # of which there may be dozens, and each costs two bootstraps

NO_LABELS = "no labels have come yet"


@dataclass(frozen=True, slots=True)
class QualityContext:
    """What is known besides labels and probabilities, as far as it is.

    Attributes
    ----------
    held_out
        The champion's scores on held-out rows, by metric: value, low, high.
    costs
        Of right and wrong decisions, if declared.
    parts
        Which labelled rows belong together.
    metric
        What parts are compared in.
    at_seconds
        When the labelled rows were answered, seconds since 1970, UTC, `(n_labelled,)`; None where it is not known.
    """

    held_out: Mapping[str, Ends] = field(default_factory=dict)
    costs: Costs | None = None
    parts: Sequence[Part] = ()
    metric: str = "f1"
    at_seconds: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """Scores of the newest labelled rows.

    Attributes
    ----------
    labelled
        Rows that were scored.
    scores
        Every metric with its 95 % bootstrap interval over the labelled rows.
    differences
        From the scores on held-out rows, by metric.
    confusion
        Decisions by what was true.
    metric, slices
        The parts of the rows, and what they are compared in.
    periods
        Calibration over time.
    floor
        The F1 below which the project wants an alarm.
    is_below_floor
        Whether F1 is below it with its whole interval: a point below it alone is often chance.
    is_sufficient
        Whether there are enough labels, of both classes.
    reason
        Why there are not, in words; empty where there are.
    """

    labelled: int
    scores: dict[str, Estimate]
    differences: dict[str, ScoreDifference]
    confusion: Confusion
    metric: str
    slices: tuple[Slice, ...]
    periods: tuple[CalibrationPeriod, ...]
    floor: float
    is_below_floor: bool
    is_sufficient: bool
    reason: str

    @property
    def worse(self) -> tuple[str, ...]:
        """Metrics that are worse than on the held-out rows by more than chance; none while labels are too few."""
        return tuple(name for name, one in self.differences.items() if one.is_worse and self.is_sufficient)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return asdict(self)


def measure_quality(
    labels: NDArray[np.int8],
    probability: NDArray[np.float64],
    section: MonitoringSection,
    threshold: float,
    *,
    seed: int,
    context: QualityContext | None = None,
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
    context
        What else is known; None for nothing.

    Raises
    ------
    ValueError
        When the rows cannot be scored; see `keepfit.evaluation.scores`.
    """
    known = context or QualityContext()
    found = score_intervals(labels, probability, threshold, seed=seed, costs=known.costs)
    reason = _why_not(labels, section.min_window)
    slices = slice_scores(
        labels,
        probability,
        threshold,
        known.parts,
        metric=known.metric,
        seed=seed,
        costs=known.costs,
        resamples=_RESAMPLES_OF_PARTS,
    )
    return Quality(
        labelled=len(labels),
        scores=found,
        differences=score_differences(found, known.held_out),
        confusion=confusion(labels, probability, threshold),
        metric=known.metric,
        slices=slices,
        periods=() if known.at_seconds is None else calibration_periods(labels, probability, known.at_seconds),
        floor=section.min_f1,
        is_below_floor=not reason and found["f1"].high < section.min_f1,
        is_sufficient=not reason,
        reason=reason,
    )


def _why_not(labels: NDArray[np.int8], least: int) -> str:
    """Return in words why labels say nothing; empty where they do."""
    if len(labels) < least:
        have = "label has" if len(labels) == 1 else "labels have"
        return f"{len(labels)} {have} come, {least - len(labels)} more are needed"
    rarer = int(np.bincount(labels, minlength=2).min())
    if not rarer:
        return f"all {len(labels)} labels are of one class, {FEWEST_OF_A_CLASS} of the other are needed"
    if rarer < FEWEST_OF_A_CLASS:
        return f"only {rarer} of {len(labels)} labels are of the rarer class, {FEWEST_OF_A_CLASS} are needed"
    return ""
