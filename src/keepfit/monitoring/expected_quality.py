"""The quality to expect of answers whose labels have not come: an estimate from their scores.

What the reference's labels say of each score is taken to hold still. So the estimate follows a change of the data, and
cannot see a change of what the data mean: `concept_shift` can, once labels come.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.errors import MonitoringError
from keepfit.evaluation import Estimate
from keepfit.monitoring.binned_scores import ScoreBins, binned_scores, score_bins
from keepfit.monitoring.isotonic import isotonic_blocks
from keepfit.profiles import OutputProfile

Counts = NDArray[np.int64]
FEWEST_LABELS = 50
_FEWEST_OF_A_CLASS = 5
_DRAWS = 200
_UNBOUNDED = "log_loss"


@dataclass(frozen=True, slots=True)
class ExpectedQuality:
    """What is expected of a window's answers without labels.

    Attributes
    ----------
    rows
        Answers whose labels have not come.
    reference_rows
        Labelled rows of the reference, that the estimate rests on.
    scores
        By metric, as in `keepfit.evaluation.METRICS`, with the 95 % interval in which the score will turn out; empty
        where nothing can be estimated.
    reason
        Why nothing can be, in words; empty where it can.
    """

    rows: int
    reference_rows: int
    scores: dict[str, Estimate]
    reason: str

    def without(self, metrics: Collection[str]) -> ExpectedQuality:
        """Return it without some metrics."""
        return replace(self, scores={name: one for name, one in self.scores.items() if name not in metrics})

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return asdict(self)


def expected_quality(reference: OutputProfile, window: OutputProfile, *, seed: int) -> ExpectedQuality:
    """Estimate how the answers of a window do whose labels have not come (confidence-based performance estimation).

    Parameters
    ----------
    reference
        Held-out scores with their labels.
    window
        Scores of the window in the same bins, and the labels that have come of these answers and of no others.
    seed
        Seed of the interval.

    Raises
    ------
    MonitoringError
        When the scores were counted in other bins.
    ValueError
        When there are labels of answers that are not in the window.

    References
    ----------
    NannyML's documentation, How it works: Performance estimation (CBPE). The calibration is by isotonic regression:
    Zadrozny, B. and Elkan, C. (2002). Transforming classifier scores into accurate multiclass probability estimates.
    KDD, 694-699.
    """
    require_same_bins(reference, window)
    waiting = np.array(window.score.counts) - np.array(window.labelled)
    if (waiting < 0).any():
        raise ValueError("labels are of answers that are not in the window")
    rows, known = int(waiting.sum()), sum(reference.labelled)
    reason = why_not(reference) or ("" if rows else "the label of every answer has come")
    if reason or reference.threshold is None:
        return ExpectedQuality(rows, known, {}, reason)
    bins = score_bins(window, reference.threshold)
    return ExpectedQuality(rows, known, estimated_scores(reference, waiting, bins, seed=seed), "")


def why_not(reference: OutputProfile) -> str:
    """Return in words why a reference lets nothing be estimated; empty where it does."""
    known, positives = sum(reference.labelled), sum(reference.positives)
    if reference.threshold is None:
        return "the reference does not know the threshold of decisions"
    if known < FEWEST_LABELS:
        return f"the reference has {known} labelled rows, {FEWEST_LABELS - known} more are needed"
    rarer = min(positives, known - positives)
    if rarer < _FEWEST_OF_A_CLASS:
        more = _FEWEST_OF_A_CLASS - rarer
        return f"the rarer class has {rarer} of the reference's {known} labelled rows, {more} more are needed"
    return ""


def require_same_bins(reference: OutputProfile, window: OutputProfile) -> None:
    """Raise MonitoringError when scores were counted in other bins."""
    if reference.score.edges != window.score.edges:
        raise MonitoringError(
            f"the scores of {window.name} were counted in other bins than the reference's",
            where="profiles",
            hint="count both with the same reference",
        )


def estimated_scores(reference: OutputProfile, rows: Counts, bins: ScoreBins, *, seed: int) -> dict[str, Estimate]:
    """Return the scores to expect of rows by bin.

    The reference's labels are drawn again and calibrated again. How much surer the new calibration makes the model look
    than what its labels were drawn from, so much surer the first one makes it look too: that is taken off. For the
    interval the labels of the rows are drawn as well.

    Parameters
    ----------
    reference
        As for `expected_quality`, with labels enough.
    rows
        By bin of the score, `(n_bins,)`, not all 0.
    bins
        Where their scores lie.
    seed
        Seed of the draws.

    References
    ----------
    Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap, Chapman and Hall, chapters 6 and 10 (the
    parametric bootstrap, and its estimate of bias).
    """
    middles, calibrations = _calibrations(reference, seed)
    rates = np.array([np.interp(bins.means, middles, one) for one in calibrations])
    found = binned_scores(rows * rates, rows * (1 - rates), bins)
    hits = np.random.default_rng(seed).binomial(rows, rates[2:])
    realised = binned_scores(hits.astype(np.float64), (rows - hits).astype(np.float64), bins)
    return {name: _estimate(name, found[name], realised[name]) for name in found}


@lru_cache(maxsize=2)
def _calibrations(reference: OutputProfile, seed: int) -> tuple[Floats, Floats]:
    """Return scores, and the rates there `(2 + n_draws, n_scores)`: as fitted, as drawn from, and fitted to the draws.

    Kept, as a check wants it for the answers without labels and for those with them.
    """
    every, labelled = np.array(reference.score.counts), np.array(reference.labelled)
    known = labelled > 0
    counts, positives = labelled[known], np.array(reference.positives)[known]
    blocks = isotonic_blocks(positives, counts)
    drawn = np.random.default_rng(seed + 1).binomial(counts, blocks.cautious_rates, size=(_DRAWS, len(counts)))
    refitted = [isotonic_blocks(one, counts).rates for one in drawn]
    middles = np.array(reference.score.sums)[known] / every[known]
    return middles, np.array([blocks.rates, blocks.cautious_rates, *refitted])


def _estimate(name: str, found: Floats, realised: Floats) -> Estimate:
    """Return the first of what was found less its bias, with the interval of what may be realised around it."""
    centre, redrawn = float(found[0]), found[2:]
    realised = realised[np.isfinite(realised)]
    if not np.isfinite(found).all() or not len(realised):
        return Estimate(centre, np.nan, np.nan)
    value = centre - (redrawn.mean() - found[1])
    low, high = np.quantile(realised, [0.025, 0.975]) - redrawn.mean() + value
    most = np.inf if name == _UNBOUNDED else 1.0
    return Estimate(*(float(min(max(end, 0.0), most)) for end in (value, low, high)))
