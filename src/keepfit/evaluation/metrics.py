"""The metrics of a binary model, each computed for many weightings of the rows at once.

A point score is the weighting with ones; a bootstrap resample is a weighting with the counts of a multinomial draw.
Both are the same arithmetic, so an interval cannot disagree with its point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.costs import total_cost
from keepfit.project.training_section import Costs

_LEAST = float(np.finfo(np.float64).eps)
_ROUNDING = 1e-6  # a forest's votes, added in float32, may pass 1 by so much
_RANK = ("roc_auc", "pr_auc")
_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's name, direction and words.

    Attributes
    ----------
    name
        As in `keepfit.toml`, MLflow and JSON.
    title
        As on a page.
    higher_is_better
        Its direction.
    description
        What it says, in a sentence.
    """

    name: str
    title: str
    higher_is_better: bool
    description: str


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "accuracy", True, "Share of right decisions."),
        Metric("precision", "precision", True, "Share of positive decisions that are right."),
        Metric("recall", "recall", True, "Share of positives that are decided positive."),
        Metric("f1", "F1", True, "Harmonic mean of precision and recall."),
        Metric("roc_auc", "ROC AUC", True, "Chance that a positive scores above a negative."),
        Metric("pr_auc", "PR AUC", True, "Average precision over all thresholds."),
        Metric("log_loss", "log-loss", False, "Mean negative log-likelihood, natural logarithm."),
        Metric("brier", "Brier", False, "Mean squared error of the probability."),
        Metric("cost", "cost", False, "Mean cost of a decision, by the declared costs."),
    )
}

DECISION_METRICS = ("accuracy", "precision", "recall", "f1", "cost")  # which a threshold decides


def scores(
    labels: Labels, probability: Floats, threshold: float | Floats, costs: Costs | None = None
) -> dict[str, float]:
    """Return every metric by name; the cost only where costs are given.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    probability
        Probability of class 1, `(n_rows,)`.
    threshold
        Probability from which on the decision is positive; one for each row, `(n_rows,)`, where it was not the same for
        all.
    costs
        Of right and wrong decisions; None where the project declares none.

    Returns
    -------
    ROC AUC and PR AUC are NaN where a class is absent; precision, recall and F1 are 0 where their denominator is.
    For log-loss, probabilities of 0 and 1 count as float64's epsilon away from it.

    Raises
    ------
    ValueError
        When shapes differ, there are no rows, a label is neither 0 nor 1, or a probability or the threshold is none.
    """
    found = weighted_scores(ready_rows(labels, probability, threshold), np.ones((1, len(labels))), costs=costs)
    return {name: float(values[0]) for name, values in found.items()}


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """Scored rows, prepared once for all their weightings.

    Attributes
    ----------
    sums
        What is added up over the rows, `(n_rows, 7)`: 1; whether the decision is right, a hit, whether the row is
        positive, is decided positive; negative log-likelihood; squared error.
    order
        The rows by descending probability.
    positive
        1.0 for the positives in that order, else 0.0.
    starts
        Where in that order a new probability begins; rows of equal probability count as one step.
    """

    sums: Floats
    order: NDArray[np.intp]
    positive: Floats
    starts: NDArray[np.intp]


def ready_rows(labels: Labels, probability: Floats, threshold: float | Floats) -> ReadyRows:
    """Prepare rows for scoring; see `scores` for the parameters and what is refused."""
    require_rows(labels, probability, threshold)
    positive, decided = labels == 1, probability >= threshold
    loss = row_losses(labels, probability)
    error = (probability - positive) ** 2
    counts = (np.ones(len(labels)), positive == decided, positive & decided, positive, decided)
    order = np.argsort(-probability, kind="stable")
    starts = np.append(0, np.flatnonzero(np.diff(probability[order])) + 1)
    return ReadyRows(np.column_stack([*counts, loss, error]), order, positive[order].astype(np.float64), starts)


def row_losses(labels: Labels, probability: Floats, least: float = _LEAST) -> Floats:
    """Return the log-loss of each row, `(n_rows,)`.

    Parameters
    ----------
    labels, probability
        Classes 0 or 1, and the probability of class 1, `(n_rows,)`.
    least
        Probabilities nearer to 0 or 1 count as so near: with a larger one no single row decides.
    """
    bounded = np.clip(probability, least, 1 - least)
    return -np.log(np.where(labels == 1, bounded, 1 - bounded))


def weighted_scores(
    rows: ReadyRows, weights: Floats, *, only: str | None = None, costs: Costs | None = None
) -> dict[str, Floats]:
    """Return every metric for each weighting of the rows.

    Parameters
    ----------
    rows
        From `ready_rows`.
    weights
        Non-negative weights, `(n_weightings, n_rows)`.
    only
        A metric that is all that is needed; others may be left out.
    costs
        See `scores`.

    Returns
    -------
    Arrays `(n_weightings,)` by metric name.

    Raises
    ------
    ValueError
        When the shape of the weights does not fit, or the metric is unknown.
    """
    if weights.ndim != 2 or weights.shape[1:] != rows.order.shape:  # noqa: PLR2004 - weightings by rows
        raise ValueError(f"weights {weights.shape} do not fit {len(rows.order)} rows")
    if only is not None:
        require_metric(only)
    found: dict[str, Floats] = {}
    if only not in _RANK:
        found |= _row_scores(rows, weights, costs)
    if only is None or only in _RANK:
        found |= _rank_scores(rows, weights)
    return found


def require_rows(labels: Labels, probability: Floats, threshold: float | Floats) -> None:
    """Refuse, with a ValueError, what cannot be scored; see `scores`."""
    if len(labels) == 0 or labels.ndim != 1 or labels.shape != probability.shape:
        raise ValueError(f"labels {labels.shape} and probabilities {probability.shape} do not fit, or there are none")
    if not ((labels == 0) | (labels == 1)).all():
        raise ValueError("labels are 0 or 1")
    if not ((probability >= -_ROUNDING) & (probability <= 1 + _ROUNDING)).all():
        raise ValueError("probabilities lie between 0 and 1, and none is NaN")
    if np.isnan(threshold).any():
        raise ValueError("the threshold is NaN")


def require_metric(name: str) -> None:
    """Refuse, with a ValueError, a name that is no metric's."""
    if name not in METRICS:
        raise ValueError(f"no metric is called {name!r}; there are {', '.join(METRICS)}")


def _row_scores(rows: ReadyRows, weights: Floats, costs: Costs | None) -> dict[str, Floats]:
    """Return the metrics that are made of sums over the rows."""
    total, right, hits, positives, decisions, loss, error = (weights @ rows.sums).T
    found = {
        "accuracy": _ratio(right, total),
        "precision": _ratio(hits, decisions, otherwise=0.0),
        "recall": _ratio(hits, positives, otherwise=0.0),
        "f1": _ratio(2 * hits, positives + decisions, otherwise=0.0),
        "log_loss": _ratio(loss, total),
        "brier": _ratio(error, total),
    }
    if costs is not None:
        spent = total_cost(costs, hits=hits, decided=decisions, positives=positives, rows=total)
        found["cost"] = _ratio(spent, total)
    return found


def _rank_scores(rows: ReadyRows, weights: Floats) -> dict[str, Floats]:
    """Return ROC AUC and average precision from one descending sort; rows of equal probability count as one step.

    References
    ----------
    Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27, 861-874.
    """
    new_seen = np.take(weights, rows.order, axis=1)
    new_hits = new_seen * rows.positive
    if len(rows.starts) < len(rows.order):
        new_seen, new_hits = (np.add.reduceat(new, rows.starts, axis=1) for new in (new_seen, new_hits))
    seen, hits = np.cumsum(new_seen, axis=1), np.cumsum(new_hits, axis=1)
    positives = hits[:, -1]
    negatives = seen[:, -1] - positives
    area = np.einsum("ij,ij->i", new_seen - new_hits, hits - new_hits / 2)
    precision = hits / np.maximum(seen, _TINY)  # where nothing is seen yet, nothing is hit
    found = {
        "roc_auc": _ratio(area, positives * negatives),
        "pr_auc": _ratio(np.einsum("ij,ij->i", new_hits, precision), positives),
    }
    one_class = (positives == 0) | (negatives == 0)
    return {name: np.where(one_class, np.nan, values) for name, values in found.items()}


def _ratio(numerator: Floats, denominator: Floats, otherwise: float = np.nan) -> Floats:
    ratio: Floats = np.divide(numerator, denominator, out=np.full(len(numerator), otherwise), where=denominator > 0)
    return ratio
