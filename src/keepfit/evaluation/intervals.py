"""Bootstrap intervals: how much a score would move on other rows of the same kind.

References
----------
Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, chapter 13 (percentile intervals).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.metrics import ready_rows, require_metric, scores, weighted_scores
from keepfit.project.training_section import Costs

Counts = NDArray[np.uint16]
RESAMPLES = 1000
LEVEL = 0.95
_CELLS_AT_ONCE = 65_536  # half a megabyte of weights: what is made of them stays in the processor's cache
_KEPT_CELLS = 8_000_000
_MOST_CELLS = 50_000_000
_LEAST_RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score and the ends of its interval; all NaN where the score is undefined."""

    value: float
    low: float
    high: float


def score_intervals(
    labels: Labels,
    probability: Floats,
    threshold: float | Floats,
    *,
    seed: int,
    costs: Costs | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> dict[str, Estimate]:
    """Return every metric with its percentile interval over resampled rows.

    Parameters
    ----------
    labels, probability, threshold, costs
        See `keepfit.evaluation.scores`.
    seed
        The same seed and number of rows give the same resamples, so models scored on the same rows are comparable.
    resamples
        How many; those in which a metric is undefined are left out for it. Above 50 million cells (rows times
        resamples) fewer are drawn, though at least 200: 1000 up to 50 000 rows, 200 from 250 000 rows on.
    level
        Coverage of the interval, between 0 and 1.

    Raises
    ------
    ValueError
        When the rows cannot be scored, or there is no resample or no such level.
    """
    point = scores(labels, probability, threshold, costs)
    rows = ready_rows(labels, probability, threshold)
    drawn: dict[str, list[Floats]] = {name: [] for name in point}
    for weights in resampled_weights(len(labels), resamples, seed):
        for name, values in weighted_scores(rows, weights, costs=costs).items():
            drawn[name].append(values)
    return {name: interval_of(value, np.concatenate(drawn[name]), level) for name, value in point.items()}


def paired_difference(
    labels: Labels,
    challenger: Floats,
    champion: Floats,
    thresholds: tuple[float, float],
    metric: str,
    *,
    seed: int,
    costs: Costs | None = None,
    resamples: int = 2 * RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """Return score(challenger) minus score(champion), with the interval of the paired bootstrap.

    Both are scored on the same resampled rows, so what the rows do to both cancels out.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    challenger, champion
        Probabilities, `(n_rows,)`.
    thresholds
        The challenger's and the champion's.
    metric
        Name in `METRICS`.
    seed, costs, resamples, level
        See `score_intervals`.

    Raises
    ------
    ValueError
        As there, and when the metric is unknown.
    """
    require_metric(metric)
    models = tuple(zip((challenger, champion), thresholds, strict=True))
    new, old = (scores(labels, probability, threshold, costs)[metric] for probability, threshold in models)
    ready = [ready_rows(labels, probability, threshold) for probability, threshold in models]
    drawn = []
    for weights in resampled_weights(len(labels), resamples, seed):
        first, second = (weighted_scores(rows, weights, only=metric, costs=costs)[metric] for rows in ready)
        drawn.append(first - second)
    return interval_of(new - old, np.concatenate(drawn), level)


def unpaired_difference(
    labels: Labels,
    probability: Floats,
    threshold: float,
    metric: str,
    chosen: NDArray[np.bool_],
    *,
    seed: int,
    costs: Costs | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """Return the score on the chosen rows minus the score on the others, each part resampled by itself.

    Parameters
    ----------
    labels, probability, threshold
        See `keepfit.evaluation.scores`.
    metric
        Name in `METRICS`.
    chosen
        The rows of the first part, `(n_rows,)`; neither part is empty.
    seed, costs, resamples, level
        See `score_intervals`.

    Raises
    ------
    ValueError
        As there, and when the metric is unknown or a part is empty.
    """
    require_metric(metric)
    points, drawn = [], []
    for part, part_seed in ((chosen, seed), (~chosen, seed + 1)):
        rows = ready_rows(labels[part], probability[part], threshold)
        points.append(scores(labels[part], probability[part], threshold, costs)[metric])
        weightings = resampled_weights(int(part.sum()), resamples, part_seed)
        found = [weighted_scores(rows, weights, only=metric, costs=costs)[metric] for weights in weightings]
        drawn.append(np.concatenate(found))
    count = min(map(len, drawn))
    return interval_of(points[0] - points[1], drawn[0][:count] - drawn[1][:count], level)


def resampled_weights(rows: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield the weights of resampled rows, `(n_weightings, n_rows)`, a bounded number of cells at once."""
    if resamples < 1:
        raise ValueError(f"{resamples} resamples make no interval")
    resamples = min(resamples, max(_LEAST_RESAMPLES, _MOST_CELLS // rows))
    drawn = _kept(rows, resamples, seed) if rows * resamples <= _KEPT_CELLS else _drawn(rows, resamples, seed)
    for counts in drawn:
        yield counts.astype(np.float64)


@lru_cache(maxsize=2)
def _kept(rows: int, resamples: int, seed: int) -> tuple[Counts, ...]:
    """Draw once for the many candidates that are scored on the same rows."""
    return tuple(_drawn(rows, resamples, seed))


def _drawn(rows: int, resamples: int, seed: int) -> Iterator[Counts]:
    """Yield how often each row is drawn, `(n_resamples, n_rows)` in pieces; the pieces' size changes no number."""
    rng = np.random.default_rng(seed)
    at_once = max(1, _CELLS_AT_ONCE // rows)
    for begin in range(0, resamples, at_once):
        count = min(at_once, resamples - begin)
        picks = rng.integers(0, rows, size=(count, rows))
        picks += rows * np.arange(count)[:, None]
        yield np.bincount(picks.ravel(), minlength=count * rows).reshape(count, rows).astype(np.uint16)


def interval_of(value: float, drawn: Floats, level: float = LEVEL) -> Estimate:
    """Return a score with the percentile interval of its resamples; those in which it is undefined are left out."""
    if not 0 < level < 1:
        raise ValueError(f"the level {level} is not between 0 and 1")
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or len(known) == 0:
        return Estimate(value, np.nan, np.nan)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high))
