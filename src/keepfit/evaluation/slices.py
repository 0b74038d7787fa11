"""Scores of parts of the rows: whether a model serves the old as well as the young."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.intervals import RESAMPLES, Estimate, score_intervals, unpaired_difference
from keepfit.evaluation.parts import Part
from keepfit.project.training_section import Costs

FEW_ROWS = 30


@dataclass(frozen=True, slots=True)
class Slice:
    """How a model does on a part of the rows.

    Attributes
    ----------
    column, label
        What the rows have in common.
    rows, positives
        How many, and how many of them are positive.
    decided
        Share that is decided positive.
    scores
        Every metric with its 95 % interval.
    gap
        The metric on these rows minus the metric on all others, with its interval; all NaN where either is undefined.
    """

    column: str
    label: str
    rows: int
    positives: int
    decided: float
    scores: dict[str, Estimate]
    gap: Estimate

    @property
    def has_few_rows(self) -> bool:
        """Whether the rows are too few to say much."""
        return self.rows < FEW_ROWS

    @property
    def differs(self) -> bool:
        """Whether the gap's interval lies to one side of zero."""
        return not self.has_few_rows and (self.gap.low > 0 or self.gap.high < 0)


def slice_scores(
    labels: Labels,
    probability: Floats,
    threshold: float,
    parts: Sequence[Part],
    *,
    metric: str,
    seed: int,
    costs: Costs | None = None,
    resamples: int = RESAMPLES,
) -> tuple[Slice, ...]:
    """Score each part that has rows; intervals are not corrected for their number.

    Parameters
    ----------
    labels, probability, threshold
        See `keepfit.evaluation.scores`.
    parts
        Which rows belong together.
    metric
        What the gap is measured in.
    seed
        Seed of the resamples.
    costs
        Of right and wrong decisions, if declared.
    resamples
        How many; see `score_intervals`.
    """
    return tuple(
        _slice(labels, probability, threshold, part, metric=metric, seed=seed, costs=costs, resamples=resamples)
        for part in parts
        if part.chosen.any()
    )


def _slice(
    labels: Labels,
    probability: Floats,
    threshold: float,
    part: Part,
    *,
    metric: str,
    seed: int,
    costs: Costs | None,
    resamples: int,
) -> Slice:
    chosen = part.chosen
    found = score_intervals(labels[chosen], probability[chosen], threshold, seed=seed, costs=costs, resamples=resamples)
    unknown = Estimate(float("nan"), float("nan"), float("nan"))
    gap = unknown
    if not chosen.all():
        gap = unpaired_difference(
            labels, probability, threshold, metric, chosen, seed=seed, costs=costs, resamples=resamples
        )
    return Slice(
        column=part.column,
        label=part.label,
        rows=int(chosen.sum()),
        positives=int((labels[chosen] == 1).sum()),
        decided=float((probability[chosen] >= threshold).mean()),
        scores=found,
        gap=gap,
    )
