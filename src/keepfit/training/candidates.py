"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.bundle import Recipe
from keepfit.evaluation import METRICS, Estimate
from keepfit.training.model import FittedModel
from keepfit.training.selection import Selection
from keepfit.training.tuning import StudyResult


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """What is known of one recipe.

    Attributes
    ----------
    recipe
        The candidate.
    validation
        Scores of its out-of-fold predictions on the training rows, by metric: what the choice is made by. Empty
        when nothing had to be chosen: neither a recipe, nor a threshold, nor a calibration.
    holdout
        Scores on the held-out rows, with 95 % bootstrap intervals, by metric: what is reported.
    model
        The pipeline or ensemble, fitted on all training rows, and its calibration.
    threshold
        Probability from which on the decision is positive.
    decided
        How its calibration and its threshold were chosen, in words.
    seconds
        Processor seconds spent on its fits; shared equally where several candidates came out of one fit.
    """

    recipe: Recipe
    validation: dict[str, float]
    holdout: dict[str, Estimate]
    model: FittedModel
    threshold: float
    decided: str
    seconds: float


@dataclass(frozen=True, slots=True)
class MemberResult:
    """A member of an ensemble: its name, its rounds (0 for none), its weight, and its out-of-fold scores by metric."""

    name: str
    rounds: int
    weight: float
    validation: dict[str, float]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """All candidates, the best first.

    Attributes
    ----------
    candidates
        Ordered by the validation score of `metric`; ties keep the order of the file.
    metric
        What the choice was made by.
    baseline
        Scores on the held-out rows of always predicting the training share of positives.
    measured
        How the scores of all candidates were measured, in words.
    members
        Of the ensemble, those with most weight first; empty without one.
    selection
        How features were selected; None where all are kept.
    studies
        The searches in spaces.
    """

    candidates: tuple[CandidateResult, ...]
    metric: str
    baseline: dict[str, float]
    measured: str
    members: tuple[MemberResult, ...] = ()
    selection: Selection | None = None
    studies: tuple[StudyResult, ...] = ()

    @property
    def protocol(self) -> str:
        """How the best was measured, in a sentence."""
        return self.protocol_of(self.best)

    def protocol_of(self, candidate: CandidateResult) -> str:
        """Return how a candidate was measured, in a sentence."""
        return f"{self.measured}; {candidate.decided}"

    @property
    def best(self) -> CandidateResult:
        """The candidate that the training rows chose."""
        return self.candidates[0]

    @property
    def best_on_holdout(self) -> CandidateResult:
        """The candidate that the held-out rows would have chosen: a biased choice, reported as such only."""
        sign = 1 if METRICS[self.metric].higher_is_better else -1
        return max(self.candidates, key=lambda candidate: sign * candidate.holdout[self.metric].value)
