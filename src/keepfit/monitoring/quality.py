"""Quality: what the labels that came say of the answers that were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.evaluation import Confusion, Estimate, Part, Slice, confusion, score_intervals, slice_scores
from keepfit.evaluation.metrics import DECISION_METRICS
from keepfit.monitoring.calibration_periods import CalibrationPeriod, calibration_periods
from keepfit.monitoring.recommended import (
    Recommendations,
    RecommendedQuality,
    recommendation_estimates,
    recommended_quality,
)
from keepfit.monitoring.score_differences import Ends, ScoreDifference, score_differences
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.project.training_section import Costs

FEWEST_OF_A_CLASS = 10  # with fewer a bootstrap of F1 has intervals that are too narrow
_RESAMPLES_OF_PARTS = 300  # of which there may be dozens, and each costs two bootstraps

_HALF = 0.5  # between a decision of 0 and one of 1

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
    recommendations
        Of a recommender, whose labels and probabilities are of whether anything is added; None otherwise.
    """

    held_out: Mapping[str, Ends] = field(default_factory=dict)
    costs: Costs | None = None
    parts: Sequence[Part] = ()
    metric: str = "f1"
    at_seconds: NDArray[np.float64] | None = None
    recommendations: Recommendations | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """Scores of the newest labelled rows.

    Attributes
    ----------
    labelled
        Rows that were scored.
    scores
        Every metric with its 95 % bootstrap interval over the labelled rows; of a recommender those of its lists, and
        those of whether anything is added that no threshold decides.
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
    recommended
        Of a recommender, what the scores of its lists are of.
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
    recommended: RecommendedQuality | None = None

    @property
    def f1_name(self) -> str:
        """The metric that the floor is for: of a recommender F1 over all recommendations."""
        return "f1" if self.recommended is None else "f1_micro"

    @property
    def f1(self) -> Estimate | None:
        """F1; None where no label lists what was added."""
        return self.scores.get(self.f1_name)

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
    listed = known.recommendations
    found = score_intervals(labels, probability, threshold, seed=seed, costs=known.costs)
    reason = _why_not(labels, section.min_window)
    if listed is not None:
        of_rows = {name: score for name, score in found.items() if name not in DECISION_METRICS}
        found = {**recommendation_estimates(listed, seed=seed), **of_rows}
        reason = _why_no_lists(listed, labels, section.min_window)
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
    made = Quality(
        labelled=len(labels),
        scores=found,
        differences=score_differences(found, known.held_out),
        confusion=_decisions(labels, probability, threshold, listed),
        metric=known.metric,
        slices=slices,
        periods=() if known.at_seconds is None else calibration_periods(labels, probability, known.at_seconds),
        floor=section.min_f1,
        is_below_floor=False,
        is_sufficient=not reason,
        reason=reason,
        recommended=None if listed is None else recommended_quality(listed),
    )
    is_below = made.is_sufficient and made.f1 is not None and made.f1.high < section.min_f1
    return replace(made, is_below_floor=is_below)


def _decisions(
    labels: NDArray[np.int8], probability: NDArray[np.float64], threshold: float, listed: Recommendations | None
) -> Confusion:
    """Count decisions by what was true; of a recommender whether anything was recommended."""
    if listed is None:
        return confusion(labels, probability, threshold)
    is_told = np.asarray(listed.lists.recommended.any(axis=1))
    return confusion(labels, is_told.astype(np.float64), _HALF)


def _why_no_lists(found: Recommendations, labels: NDArray[np.int8], least: int) -> str:
    """Return in words why the lists of labels say nothing; empty where they do."""
    if found.is_telling:
        return _why_not(labels[found.is_listed], least)
    return f"none of {len(labels)} labels lists what was added, so there is no F1 of the recommendations"


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
