"""Scores of a model whose answers are known by bin: as they turned out, or as they are expected."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from keepfit.arrays import Floats
from keepfit.profiles import OutputProfile

_LEAST = float(np.finfo(np.float64).eps)


class ScoreBins(NamedTuple):
    """Where answers lie.

    Attributes
    ----------
    means
        Mean score by bin, rising, `(n_bins,)`.
    decided_from
        The first bin that is decided positive.
    """

    means: Floats
    decided_from: int


def score_bins(profile: OutputProfile, threshold: float) -> ScoreBins:
    """Return where the answers of a profile lie; an empty bin is at its upper edge, the last one at 1."""
    counts, edges = np.array(profile.score.counts), np.array(profile.score.edges)
    means = np.where(counts > 0, np.array(profile.score.sums) / np.maximum(counts, 1), np.append(edges, 1.0))
    return ScoreBins(means, int(np.searchsorted(edges, threshold, side="left")))


def binned_scores(positives: Floats, negatives: Floats, bins: ScoreBins) -> dict[str, Floats]:
    """Return metrics of answers by bin, as if all answers of a bin had its mean score.

    Parameters
    ----------
    positives, negatives
        Rows of each class by bin, whole or expected ones, `(n_draws, n_bins)`, each draw with rows.
    bins
        Where they lie.

    Returns
    -------
    Arrays `(n_draws,)` by the names of `keepfit.evaluation.METRICS`: what is a ratio of sums. ROC AUC is NaN where a
    class is absent; precision, recall and F1 are 0 where their denominator is.
    """
    rows, positive = (positives + negatives).sum(axis=1), positives.sum(axis=1)
    hits = positives[:, bins.decided_from :].sum(axis=1)
    decided = hits + negatives[:, bins.decided_from :].sum(axis=1)
    below = np.cumsum(negatives, axis=1) - negatives / 2  # negatives of the same bin count as half below
    means = np.clip(bins.means, _LEAST, 1 - _LEAST)
    return {
        "accuracy": (rows - positive - decided + 2 * hits) / rows,
        "precision": _ratio(hits, decided),
        "recall": _ratio(hits, positive),
        "f1": _ratio(2 * hits, positive + decided),
        "roc_auc": _ratio((positives * below).sum(axis=1), positive * (rows - positive), otherwise=np.nan),
        "log_loss": -(positives @ np.log(means) + negatives @ np.log1p(-means)) / rows,
        "brier": (positives @ (1 - bins.means) ** 2 + negatives @ bins.means**2) / rows,
    }


def _ratio(numerator: Floats, denominator: Floats, *, otherwise: float = 0.0) -> Floats:
    ratio: Floats = np.divide(numerator, denominator, out=np.full(len(numerator), otherwise), where=denominator > 0)
    return ratio
