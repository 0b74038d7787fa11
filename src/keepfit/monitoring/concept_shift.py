"""Whether labels mean what they meant: the sign of concept drift, and how wrong the estimate without labels was."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from keepfit.chance import TWO_SIDED, chi_square_tail
from keepfit.evaluation import Estimate
from keepfit.monitoring.binned_scores import ScoreBins, binned_scores, score_bins
from keepfit.monitoring.expected_quality import estimated_scores, require_same_bins, why_not
from keepfit.monitoring.score_bands import ScoreBand, score_bands
from keepfit.profiles import OutputProfile


@dataclass(frozen=True, slots=True)
class EstimateError:
    """How wrong the estimate was.

    Attributes
    ----------
    estimated
        What was expected of the labelled rows, with the 95 % interval in which it should have turned out.
    realised
        What turned out, by bins of the score as the estimate is.
    difference
        Realised less estimated, with the same interval around it.
    """

    estimated: Estimate
    realised: float
    difference: Estimate

    @property
    def deviations(self) -> float:
        """The difference in standard deviations, by the width of the interval; NaN where it has none."""
        deviation = (self.difference.high - self.difference.low) / (2 * TWO_SIDED)
        return self.difference.value / deviation if deviation > 0 else math.nan

    @property
    def is_outside(self) -> bool:
        """Whether what turned out is outside of the interval."""
        return self.difference.low > 0 or self.difference.high < 0


@dataclass(frozen=True, slots=True)
class ConceptShift:
    """What the labels that have come say of the reference's.

    Attributes
    ----------
    rows
        Labelled rows of the window.
    errors
        Of the estimate for these rows, by metric.
    p_value
        How likely bands so far apart are by chance, when the share of positives at each score is the reference's.
    gap
        Mean absolute difference of the shares over bands, weighted by the window's rows.
    excess
        The gap less chance: times the root of the share of its squares that chance alone does not make.
    bands
        By rising score.
    reason
        Why nothing can be compared, in words, empty where it can; then there are no errors and bands, the p-value is 1
        and the gaps are NaN.
    """

    rows: int
    errors: dict[str, EstimateError]
    p_value: float
    gap: float
    excess: float
    bands: tuple[ScoreBand, ...]
    reason: str

    @property
    def is_worse(self) -> bool:
        """Whether the answers turned out worse than they promised, by their log-loss and beyond its interval.

        Labels that are surer than the scores are another thing: so are those of rows that the model was fitted on.
        """
        error = self.errors.get("log_loss")
        return error is not None and error.difference.low > 0

    def without(self, metrics: Collection[str]) -> ConceptShift:
        """Return it without some metrics."""
        return replace(self, errors={name: one for name, one in self.errors.items() if name not in metrics})

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return asdict(self)


def concept_shift(reference: OutputProfile, window: OutputProfile, *, seed: int) -> ConceptShift:
    """Compare labels that have come with what the reference lets expect at their scores.

    A change of the data alone, that leaves the share of positives at each score as it was, is no shift. Each band of
    scores is a test of its own, with the sampling errors of both sides; the squares of their normal deviates add up to
    a chi-square of as many degrees.

    Parameters
    ----------
    reference
        Held-out scores with their labels.
    window
        Scores in the same bins, with the labels that have come: at best of the labelled rows alone, whose mean score by
        bin is then theirs.
    seed
        Seed of the intervals.

    Raises
    ------
    MonitoringError
        When the scores were counted in other bins.
    """
    require_same_bins(reference, window)
    rows, reason = sum(window.labelled), why_not(reference)
    if reason or reference.threshold is None:
        return _unknown(rows, reason)
    bins = score_bins(window, reference.threshold)
    bands = score_bands(reference, window, bins.means)
    if not bands:
        return _unknown(rows, f"{rows} labels have come, too few at scores that the reference has labels of")
    differences = [band.observed - band.expected for band in bands]
    squares = sum((one / band.deviation) ** 2 for one, band in zip(differences, bands, strict=True))
    gap = sum(band.rows * abs(one) for one, band in zip(differences, bands, strict=True)) / rows
    return ConceptShift(
        rows,
        _errors(reference, window, bins, seed=seed),
        chi_square_tail(squares, len(bands)),
        gap,
        gap * math.sqrt(max(1 - _share_of_chance(bands), 0.0)),
        bands,
        "",
    )


def _share_of_chance(bands: Sequence[ScoreBand]) -> float:
    """Return which share of the squared differences, weighted by rows, chance alone would make."""
    found = sum(band.rows * (band.observed - band.expected) ** 2 for band in bands)
    by_chance = sum(band.rows * band.deviation**2 for band in bands)
    return by_chance / found if found else 1.0


def _unknown(rows: int, reason: str) -> ConceptShift:
    return ConceptShift(rows, {}, 1.0, math.nan, math.nan, (), reason)


def _errors(reference: OutputProfile, window: OutputProfile, bins: ScoreBins, *, seed: int) -> dict[str, EstimateError]:
    labelled, positives = np.array(window.labelled), np.array([window.positives], dtype=np.float64)
    realised = binned_scores(positives, labelled - positives, bins)
    return {
        name: _error(estimated, float(realised[name][0]))
        for name, estimated in estimated_scores(reference, labelled, bins, seed=seed).items()
    }


def _error(estimated: Estimate, realised: float) -> EstimateError:
    ends = (realised - end for end in (estimated.value, estimated.high, estimated.low))
    return EstimateError(estimated, realised, Estimate(*ends))
