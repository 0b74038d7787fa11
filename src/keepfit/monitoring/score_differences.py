"""Scores now against those of the held-out rows: by how much they differ, and whether that is more than chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from keepfit.evaluation import Estimate
from keepfit.evaluation.recommendations import ALL_METRICS

Ends = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ScoreDifference:
    """A score now against before.

    Attributes
    ----------
    before
        On the held-out rows, with its 95 % interval.
    difference
        Now less before, with its 95 % interval.
    is_worse, is_better
        Whether the whole interval lies on one side of zero; of each metric by itself: of metrics that have not changed,
        one of forty is called worse.
    """

    before: Estimate
    difference: Estimate
    is_worse: bool
    is_better: bool


def score_differences(now: Mapping[str, Estimate], held_out: Mapping[str, Ends]) -> dict[str, ScoreDifference]:
    """Compare scores, by metric; metrics of one side alone are left out.

    Parameters
    ----------
    now
        Of rows that are others than the held-out ones.
    held_out
        Value, low and high on the held-out rows.
    """
    return {
        name: _compared(score, Estimate(*held_out[name]), higher_is_better=ALL_METRICS[name].higher_is_better)
        for name, score in now.items()
        if name in held_out
    }


def independent_difference(first: Estimate, second: Estimate) -> Estimate:
    """Return first less second, of scores on different rows, with the interval that theirs let follow.

    The distance to each end is the root of the sum of two squares: how far the one score may lie towards that end, and
    how far the other may lie away from it. So skewed intervals stay skewed, and no row is needed.

    References
    ----------
    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a general approach.
    Statistics in Medicine 27(10), 1693-1702; for proportions Newcombe, R. G. (1998), ibid. 17(8), 873-890, method 10.
    """
    value = first.value - second.value
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    return Estimate(value, value - below, value + above)


def _compared(now: Estimate, before: Estimate, *, higher_is_better: bool) -> ScoreDifference:
    difference = independent_difference(now, before)
    is_lower, is_higher = difference.high < 0, difference.low > 0
    worse, better = (is_lower, is_higher) if higher_is_better else (is_higher, is_lower)
    return ScoreDifference(before, difference, worse, better)
