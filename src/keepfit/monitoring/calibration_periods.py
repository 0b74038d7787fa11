"""Calibration over time: whether the probabilities that were answered came true, then as now."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats, Labels
from keepfit.evaluation import Estimate, reliability, share_of

_MOST_PERIODS = 10
_LEAST_ROWS = 50
_BINS = 5


@dataclass(frozen=True, slots=True)
class CalibrationPeriod:
    """Labelled rows of a stretch of time.

    Attributes
    ----------
    first_at, last_at
        When the first and the last of them were answered, seconds since 1970, UTC.
    rows
        How many.
    score
        Their mean probability.
    rate
        Their share of positives, with its 95 % interval.
    calibration_error
        Mean absolute difference of probability and share over five bins, weighted by rows.
    by_chance
        The error that probabilities which are right would show on so few rows.
    """

    first_at: float
    last_at: float
    rows: int
    score: float
    rate: Estimate
    calibration_error: float
    by_chance: float


def calibration_periods(labels: Labels, probability: Floats, at_seconds: Floats) -> tuple[CalibrationPeriod, ...]:
    """Cut labelled rows by time into parts of as many rows, at least 50 in each and at most ten of them.

    Parameters
    ----------
    labels, probability
        Classes 0 or 1 and the probabilities that were answered, `(n_rows,)`.
    at_seconds
        When they were answered, seconds since 1970, UTC, `(n_rows,)`.

    Raises
    ------
    ValueError
        When the rows cannot be scored.
    """
    count = min(_MOST_PERIODS, len(labels) // _LEAST_ROWS)
    if not count:
        return ()
    order = np.argsort(at_seconds, kind="stable")
    return tuple(_period(labels[at], probability[at], at_seconds[at]) for at in np.array_split(order, count))


def _period(labels: Labels, probability: Floats, at_seconds: Floats) -> CalibrationPeriod:
    """Measure a part.

    References
    ----------
    For the calibration error see `keepfit.evaluation.calibration_error`. By chance a share of n rows is about normal
    around the probability p with variance p(1 - p)/n, and the mean size of a normal deviate is sqrt(2/pi).
    """
    bins, rows = reliability(labels, probability, bins=_BINS), len(labels)
    spread = sum(math.sqrt(one.rows * max(one.predicted * (1 - one.predicted), 0.0)) for one in bins)
    return CalibrationPeriod(
        float(at_seconds[0]),
        float(at_seconds[-1]),
        rows,
        float(probability.mean()),
        share_of(int(labels.sum()), rows),
        sum(one.rows * abs(one.observed.value - one.predicted) for one in bins) / rows,
        math.sqrt(2 / math.pi) * spread / rows,
    )
