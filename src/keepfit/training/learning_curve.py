"""Would more rows help? The best recipe, fitted again on fewer of the training rows, and scored on the same others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import TrainingError
from keepfit.evaluation import METRICS, Estimate, paired_difference
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Signature
from keepfit.training.candidates import CandidateResult
from keepfit.training.search import search
from keepfit.training.search_rows import SearchRows

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """What a share of the training rows taught: the share, how many rows, and the score on the held-out rows."""

    share: float
    rows: int
    score: Estimate


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """How the score grows with the rows.

    Attributes
    ----------
    metric
        What it is measured in.
    points
        From the smallest share to all training rows.
    gain
        By how much all rows are better than those of the point before (positive is better, whatever the metric's
        direction), with the 95 % interval of the paired bootstrap; None where no share could be fitted.
    left_out
        Shares that could not be fitted, each with the reason.
    """

    metric: str
    points: tuple[LearningPoint, ...]
    gain: Estimate | None
    left_out: tuple[str, ...] = ()


def learning_curve(
    best: CandidateResult,
    signature: Signature,
    rows: SearchRows,
    shares: Sequence[float],
    *,
    section: TrainingSection,
    seed: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> LearningCurve:
    """Fit a candidate's recipe on nested shares of the training rows, and score each on the held-out rows.

    Parameters
    ----------
    best
        The candidate that was fitted on all training rows.
    signature, rows, section
        Those of its search.
    shares
        Between 0 and 1, ascending.
    seed
        Seed of the draw, and of all else; that of the search.
    on_progress
        Called with shares done and shares to do.
    """
    labels, asked, metric = rows.labels[rows.holdout], rows.matrix[rows.holdout], section.metric
    fitted, left_out, points = best, [], []
    groups = None if rows.groups is None else rows.groups[rows.train]
    parts = nested_shares(rows.labels[rows.train], groups, shares, seed=seed)
    for done, (share, part) in enumerate(zip(shares, parts, strict=True), start=1):
        fewer = replace(rows, train=rows.train[part])
        try:
            fitted = search([best.recipe], signature, fewer, section=section, seed=seed).best
            points.append(LearningPoint(share, len(part), fitted.holdout[metric]))
        except TrainingError as error:
            left_out.append(f"{share:.4g} of the rows: {error}")
        if on_progress:
            on_progress(done, len(shares))
    gain = None
    if points:
        whole, fewer_rows = (one.model.probability(asked) for one in (best, fitted))
        thresholds = (best.threshold, fitted.threshold)
        gain = paired_difference(labels, whole, fewer_rows, thresholds, metric, seed=seed, costs=section.costs)
        if not METRICS[metric].higher_is_better:
            gain = Estimate(-gain.value, -gain.high, -gain.low)
    points.append(LearningPoint(1.0, len(rows.train), best.holdout[metric]))
    return LearningCurve(metric, tuple(points), gain, tuple(left_out))


def nested_shares(
    labels: NDArray[np.int8], groups: NDArray[np.int64] | None, shares: Sequence[float], *, seed: int
) -> list[Positions]:
    """Return the positions of shares of the rows, each within the next, at random, with equal class shares.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    groups
        Whom each row is about, `(n_rows,)`: rows of one group go together. None where each is about another.
    shares
        Between 0 and 1, ascending; of the groups with a positive row and of the others at least one each is taken.
    seed
        Seed of the draw.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(len(labels)) if groups is None else groups
    _, group, sizes = np.unique(rows, return_inverse=True, return_counts=True)
    is_positive = np.bincount(group, weights=labels) > 0
    entry = np.empty(len(sizes))  # the share from which on a group is in
    for chosen in (is_positive, ~is_positive):
        order = rng.permutation(np.flatnonzero(chosen))
        before = np.cumsum(sizes[order]) - sizes[order]
        entry[order] = before / max(sizes[order].sum(), 1)
    return [np.flatnonzero(entry[group] < share) for share in shares]
