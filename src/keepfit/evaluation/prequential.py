"""Prequential scores: each row is asked before it is learnt, and old rows fade.

References
----------
Gama, J., Sebastião, R. and Rodrigues, P. P. (2013). On evaluating stream learning algorithms. Machine Learning 90,
317-346: prequential errors with a fading factor, and over a sliding window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.metrics import ready_rows, weighted_scores
from keepfit.project.stream_section import memory_rows

PREQUENTIAL_METRICS = ("log_loss", "roc_auc", "f1", "precision", "recall")
Scores = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class AnsweredRows:
    """The newest rows of a stream, with what several models answered before any learnt them.

    Attributes
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`, the oldest first.
    answers
        Probabilities of class 1 `(n_rows,)`, by the model's role.
    thresholds
        From which probability on the role decided positive when it was asked, `(n_rows,)`.
    """

    labels: Labels
    answers: Mapping[Any, Floats]
    thresholds: Mapping[Any, Floats]

    @classmethod
    def none(cls, roles: Sequence[str]) -> AnsweredRows:
        """Return no row yet."""
        nothing = {role: np.empty(0) for role in roles}
        return cls(np.empty(0, dtype=np.int8), nothing, nothing)

    def with_batch(
        self, labels: Labels, answers: Mapping[Any, Floats], thresholds: Mapping[Any, float], fading: float
    ) -> AnsweredRows:
        """Return them with a batch behind them, without those that have faded."""
        most = memory_rows(fading)
        given = {role: np.full(len(labels), threshold) for role, threshold in thresholds.items()}
        return AnsweredRows(
            np.concatenate([self.labels, labels])[-most:],
            {role: np.concatenate([old, answers[role]])[-most:] for role, old in self.answers.items()},
            {role: np.concatenate([old, given[role]])[-most:] for role, old in self.thresholds.items()},
        )

    def newest(self, rows: int) -> AnsweredRows:
        """Return the newest of them alone."""
        begin = max(len(self.labels) - rows, 0)
        return AnsweredRows(
            self.labels[begin:],
            {role: answers[begin:] for role, answers in self.answers.items()},
            {role: thresholds[begin:] for role, thresholds in self.thresholds.items()},
        )

    def faded(self, role: str, fading: float) -> Scores:
        """Return the scores in which a row counts `fading` times what the next one does."""
        weights = np.power(fading, np.arange(len(self.labels), dtype=np.float64)[::-1])
        return prequential_scores(self.labels, self.answers[role], self.thresholds[role], weights)

    def windowed(self, role: str, fading: float) -> Scores:
        """Return the scores of the newest `1 / (1 - fading)` rows, each of which counts the same."""
        kept = self.newest(round(1 / (1 - fading)))
        return prequential_scores(kept.labels, kept.answers[role], kept.thresholds[role])


def prequential_scores(
    labels: Labels, probability: Floats, threshold: float | Floats, weights: NDArray[np.float64] | None = None
) -> Scores:
    """Return what is reported of a stream, by metric.

    Parameters
    ----------
    labels
        Classes 0 or 1, `(n_rows,)`.
    probability
        Probability of class 1, `(n_rows,)`.
    threshold
        Probability from which on the decision is positive; one for each row, `(n_rows,)`, where it changed.
    weights
        What each row counts, `(n_rows,)`; by default the same.

    Returns
    -------
    ROC AUC is None where a class is absent, and so are precision, recall and F1 where there is nothing to divide by:
    not 0, which would be the worst.
    """
    counted = np.ones(len(labels)) if weights is None else weights
    found = weighted_scores(ready_rows(labels, probability, threshold), counted[None])
    scores: Scores = {name: float(found[name][0]) for name in PREQUENTIAL_METRICS}
    has_positive, has_decided = bool((labels == 1).any()), bool((probability >= threshold).any())
    known = {
        "roc_auc": has_positive and bool((labels == 0).any()),
        "recall": has_positive,
        "precision": has_decided,
        "f1": has_positive or has_decided,
    }
    return {name: value if known.get(name, True) else None for name, value in scores.items()}
