"""What the held-out rows say of the best candidate: where it errs, for whom, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.evaluation import (
    Confusion,
    RankCurves,
    ReliabilityBin,
    Slice,
    calibration_error,
    confusion,
    cut_rows,
    frequent_baseline,
    quartiles_of,
    rank_curves,
    reliability,
    slice_scores,
)
from keepfit.project.declaration import EvaluationSection
from keepfit.project.training_section import Costs
from keepfit.signature import Signature
from keepfit.training.importances import Importance, Score, importances
from keepfit.training.search_rows import SearchRows


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the held-out rows say.

    Attributes
    ----------
    metric
        What importances and gaps are measured in.
    curves, reliability, calibration_error, confusion
        See `keepfit.evaluation`.
    frequent_class, frequent_scores
        The class that is the more frequent in the training rows, and what always deciding for it scores.
    importances
        The most important column first.
    slices
        The declared parts of the rows.
    """

    metric: str
    curves: RankCurves
    reliability: tuple[ReliabilityBin, ...]
    calibration_error: float
    confusion: Confusion
    frequent_class: str
    frequent_scores: dict[str, float]
    importances: tuple[Importance, ...]
    slices: tuple[Slice, ...]

    @property
    def weights(self) -> dict[str, float]:
        """How much each column matters, by name."""
        return {one.column: one.loss for one in self.importances}


def diagnose(
    score: Score,
    threshold: float,
    rows: SearchRows,
    signature: Signature,
    *,
    metric: str,
    section: EvaluationSection,
    seed: int,
    costs: Costs | None = None,
) -> Diagnosis:
    """Look at a model's answers on the held-out rows.

    Parameters
    ----------
    score
        Returns the probability of each row of a matrix: the exported graph, as it will be served.
    threshold
        Probability from which on it decides positive.
    rows, signature
        The rows, and the columns of their matrix.
    metric
        What importances and gaps are measured in.
    section
        The slices that are declared.
    seed
        Seed of shuffles and resamples.
    costs
        Of right and wrong decisions, if declared.

    Raises
    ------
    ProjectError
        When a slice names no feature.
    """
    matrix, labels = rows.matrix[rows.holdout], rows.labels[rows.holdout]
    probability = score(matrix)
    share = float(rows.labels[rows.train].mean())
    training = rows.matrix[rows.train]
    quartiles = {
        name: quartiles_of(training[:, at]) for at, name in enumerate(signature.names) if name in section.slices
    }
    parts = cut_rows(matrix, signature, section.slices, section.bands, quartiles=quartiles)
    return Diagnosis(
        metric=metric,
        curves=rank_curves(labels, probability),
        reliability=reliability(labels, probability),
        calibration_error=calibration_error(labels, probability),
        confusion=confusion(labels, probability, threshold),
        frequent_class=signature.outcome.labels[int(share >= 0.5)],  # noqa: PLR2004 - the half
        frequent_scores=frequent_baseline(share, labels, costs),
        importances=importances(score, threshold, rows, signature, metric=metric, seed=seed, costs=costs),
        slices=slice_scores(labels, probability, threshold, parts, metric=metric, seed=seed, costs=costs),
    )
