"""What the held-out rows say of the best candidate: where it errs, for whom, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.evaluation import (
    METRICS,
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
    scores,
    slice_scores,
)
from keepfit.project.declaration import EvaluationSection
from keepfit.project.training_section import Costs
from keepfit.signature import Signature
from keepfit.training.search_rows import SearchRows

Matrix = NDArray[np.float32]
Floats = NDArray[np.float64]
Score = Callable[[Matrix], Floats]
_SHUFFLES = 5
_MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Importance:
    """How much a column matters.

    Attributes
    ----------
    column
        Its name.
    loss
        How much the metric gets worse when its values are shuffled among the held-out rows: the mean of five shuffles.
    low, high
        The least and the greatest of them.
    """

    column: str
    loss: float
    low: float
    high: float


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
        importances=_importances(score, threshold, matrix, labels, signature, metric=metric, seed=seed, costs=costs),
        slices=slice_scores(labels, probability, threshold, parts, metric=metric, seed=seed, costs=costs),
    )


def _importances(
    score: Score,
    threshold: float,
    matrix: Matrix,
    labels: NDArray[np.int8],
    signature: Signature,
    *,
    metric: str,
    seed: int,
    costs: Costs | None,
) -> tuple[Importance, ...]:
    """Return how much the metric loses when each column in turn is shuffled.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32 (section 10).
    """
    rng = np.random.default_rng(seed)
    if len(matrix) > _MOST_ROWS:
        kept = rng.choice(len(matrix), _MOST_ROWS, replace=False)
        matrix, labels = matrix[kept], labels[kept]
    sign = 1 if METRICS[metric].higher_is_better else -1
    whole = scores(labels, score(matrix), threshold, costs)[metric]
    found = []
    for at, name in enumerate(signature.names):
        losses = []
        for _ in range(_SHUFFLES):
            shuffled = matrix.copy()
            shuffled[:, at] = rng.permutation(shuffled[:, at])
            lost = sign * (whole - scores(labels, score(shuffled), threshold, costs)[metric])
            losses.append(lost + 0.0)  # nothing lost is 0, not -0
        found.append(Importance(name, float(np.mean(losses)), min(losses), max(losses)))
    return tuple(sorted(found, key=lambda one: -one.loss))
