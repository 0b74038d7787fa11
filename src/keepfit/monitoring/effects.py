"""The effect of a change: a distance, what is left of it less chance, and an interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from keepfit.arrays import Floats
from keepfit.monitoring.distances import (
    jensen_shannon,
    kolmogorov_smirnov,
    population_stability,
    total_variation,
    wasserstein,
)
from keepfit.monitoring.levels import compared_levels
from keepfit.monitoring.sampling import (
    expected_divergence,
    expected_gap,
    expected_stability,
    expected_variation,
    expected_wasserstein,
    scatter,
)
from keepfit.profiles import CategoryProfile, ColumnProfile, NumberProfile, coarse_levels, level_counts, number_parts

NORMED_WASSERSTEIN = "normed_wasserstein"


@dataclass(frozen=True, slots=True)
class Effect:
    """How far a column has moved.

    Attributes
    ----------
    measure
        The distance: a key of `MEASURES`.
    raw
        As it is found.
    size
        Less the part that chance alone makes, at least 0.
    low, high
        A 95 % interval: from its lower end chance is taken off, from the upper one it is not.
    """

    measure: str
    raw: float
    size: float
    low: float
    high: float


class _Measure(NamedTuple):
    """A distance of counts, and what chance makes of it (of its square, where that is what adds up)."""

    title: str
    distance: Callable[[Floats, Floats], Floats]
    expected: Callable[[Floats, Floats], float]
    is_squared: bool = False


_OF_COUNTS: Mapping[str, _Measure] = {
    "jensen_shannon": _Measure("Jensen-Shannon", jensen_shannon, expected_divergence, is_squared=True),
    "total_variation": _Measure("total variation", total_variation, expected_variation),
    "population_stability": _Measure("PSI", population_stability, expected_stability),
    "kolmogorov_smirnov": _Measure("Kolmogorov-Smirnov", kolmogorov_smirnov, expected_gap),
}
MEASURES: Mapping[str, str] = {
    NORMED_WASSERSTEIN: "Wasserstein / sd",
    **{name: measure.title for name, measure in _OF_COUNTS.items()},
}
UNKNOWN = math.nan


def distances(reference: ColumnProfile, window: ColumnProfile) -> dict[str, float]:
    """Return every distance that the kind of a column has; none of a column without values on a side.

    The population stability index is over coarse levels, Kolmogorov-Smirnov over all bins; Jensen-Shannon and total
    variation are over the labels of a category and the coarse levels of a number.
    """
    if not reference.known or not window.known:
        return {}
    found = {}
    if isinstance(reference, NumberProfile) and isinstance(window, NumberProfile):
        found[NORMED_WASSERSTEIN] = _normed(reference, window, wasserstein(reference, window))
        found["kolmogorov_smirnov"] = float(kolmogorov_smirnov(level_counts(reference), level_counts(window)))
    for name in ("jensen_shannon", "total_variation", "population_stability"):
        found[name] = float(_OF_COUNTS[name].distance(*_counts(name, reference, window)))
    return found


def effect_of(
    measure: str, reference: ColumnProfile, window: ColumnProfile, found: Mapping[str, float] | None = None
) -> Effect:
    """Return the effect by a measure that the kind of the column has; NaN where a side has no values.

    Parameters
    ----------
    measure
        A key of `MEASURES`.
    reference, window
        The profiles.
    found
        Their distances, where they are known already.
    """
    if not reference.known or not window.known:
        return Effect(measure, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    if measure == NORMED_WASSERSTEIN:
        assert isinstance(reference, NumberProfile)  # noqa: S101 - a category has no such distance
        assert isinstance(window, NumberProfile)  # noqa: S101 - as above
        raw = found[measure] if found else _normed(reference, window, wasserstein(reference, window))
        return _effect_of_numbers(reference, window, raw)
    raw = found[measure] if found else float(_OF_COUNTS[measure].distance(*_counts(measure, reference, window)))
    if isinstance(reference, CategoryProfile) and isinstance(window, CategoryProfile):
        return _effect_of_counts(measure, raw, *compared_levels(reference, window))
    return _effect_of_counts(measure, raw, *_counts(measure, reference, window))


def _effect_of_numbers(reference: NumberProfile, window: NumberProfile, raw: float) -> Effect:
    if not raw:
        return Effect(NORMED_WASSERSTEIN, 0.0, 0.0, 0.0, 0.0)
    size = max(raw - _normed(reference, window, expected_wasserstein(reference, window)), 0.0)
    low, high = (_normed(reference, window, side) for side in _scatter_of_wasserstein(reference, window))
    return Effect(NORMED_WASSERSTEIN, raw, size, max(size + low, 0.0), raw + high)


def _effect_of_counts(name: str, raw: float, reference: Floats, window: Floats) -> Effect:
    measure = _OF_COUNTS[name]
    if not reference.sum() or not window.sum():
        return Effect(name, raw, 0.0, 0.0, raw)
    found, chance = float(measure.distance(reference, window)), measure.expected(reference, window)
    size = math.sqrt(max(found**2 - chance, 0.0)) if measure.is_squared else max(found - chance, 0.0)
    low, high = scatter(measure.distance, reference, window)
    return Effect(name, raw, size, max(size + low, 0.0), max(found, raw) + high)


def _scatter_of_wasserstein(reference: NumberProfile, window: NumberProfile) -> tuple[float, float]:
    """Draw the counts of some forty parts again: their means stay, and within one the functions do not cross."""
    parts = number_parts(reference, window)
    means = (
        parts.reference_sums / np.maximum(parts.reference, 1.0),
        parts.window_sums / np.maximum(parts.window, 1.0),
    )

    def distance(first: Floats, second: Floats) -> Floats:
        first, second = (side / side.sum(axis=-1, keepdims=True) for side in (first, second))
        gaps = np.cumsum(first, axis=-1)[:, :-1] - np.cumsum(second, axis=-1)[:, :-1]
        at_edges = np.pad(parts.edges * gaps, ((0, 0), (1, 1)))
        areas: Floats = np.diff(at_edges, axis=1) - (first * means[0] - second * means[1])
        found: Floats = np.abs(areas).sum(axis=1)
        return found

    return scatter(distance, parts.reference, parts.window)


def _normed(reference: NumberProfile, window: NumberProfile, distance: float) -> float:
    """Return a distance in standard deviations of the reference; of a constant in those of the window, or as it is."""
    return distance / (reference.deviation or window.deviation or 1.0)


def _counts(measure: str, reference: ColumnProfile, window: ColumnProfile) -> tuple[Floats, Floats]:
    is_fine = measure == "kolmogorov_smirnov"
    if not is_fine and (isinstance(reference, NumberProfile) or measure == "population_stability"):
        levels = coarse_levels(reference)
        return levels.counts(reference), levels.counts(window)
    return level_counts(reference), level_counts(window)
