"""Distances between two profiles of a column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.profiles import NumberProfile

_LEAST_SHARE = 1e-4
_LEAST_WIDTH = 1e-9  # of a bin: what a single value is taken to be spread over


def wasserstein(reference: NumberProfile, window: NumberProfile) -> float:
    """Return the first Wasserstein distance, in the column's own unit: the area between the distribution functions.

    In a bin the count and the sum of its values say how many they are and what their mean is; they are taken as spread
    evenly around that mean, as far as the bin allows. Where the functions do not cross in a bin, the area in it follows
    from both alone, and is exact.

    References
    ----------
    Vallender, S. S. (1974). Calculation of the Wasserstein distance between probability distributions on the line.
    Theory of Probability and its Applications 18(4), 784-786.
    """
    first, second = reference, window
    least = min(value for value in (first.minimum, second.minimum, *first.edges[:1]) if value is not None)
    greatest = max(value for value in (first.maximum, second.maximum, *first.edges[-1:]) if value is not None)
    edges = np.array([least, *first.edges, greatest])
    if greatest <= least:
        return 0.0
    sides = [_Spread(profile, edges) for profile in (first, second)]
    bends = np.sort(np.stack([edges[:-1], *(end for side in sides for end in side.ends), edges[1:]]), axis=0)
    gaps = sides[0].distribution(bends) - sides[1].distribution(bends)
    areas = _areas(np.diff(bends, axis=0), np.abs(gaps[:-1]), np.abs(gaps[1:]), gaps[:-1] * gaps[1:] < 0)
    return float(areas.sum())


class _Spread:
    """The values of a profile as they are taken to lie: evenly within an interval of each bin."""

    def __init__(self, profile: NumberProfile, edges: Floats) -> None:
        counts = np.array(profile.counts, dtype=np.float64)
        low, high = edges[:-1], edges[1:]
        means = np.where(counts > 0, np.array(profile.sums) / np.maximum(counts, 1.0), (low + high) / 2)
        halves = np.maximum(np.minimum(means - low, high - means), _LEAST_WIDTH * np.maximum(high - low, 1e-300))
        self._shares = counts / counts.sum()
        self._before = np.cumsum(self._shares) - self._shares
        self.ends = np.clip(means - halves, low, high), np.clip(means + halves, low, high)

    def distribution(self, points: Floats) -> Floats:
        """Return the share of values up to points in each bin, `(n_points, n_bins)`."""
        low, high = self.ends
        inside = np.clip((points - low) / np.maximum(high - low, 1e-300), 0.0, 1.0)
        found: Floats = self._before + self._shares * inside
        return found


def _areas(widths: Floats, left: Floats, right: Floats, crosses: NDArray[np.bool_]) -> Floats:
    """Return the areas between two straight lines that are `left` and `right` apart at their ends."""
    together = left + right
    crossed = np.divide(left**2 + right**2, 2 * together, out=np.zeros_like(together), where=together > 0)
    area: Floats = widths * np.where(crosses, crossed, together / 2)
    return area


def kolmogorov_smirnov(reference: Floats, window: Floats) -> Floats:
    """Return the largest difference of two distribution functions at the ends of bins, from counts by bin.

    Here and below counts are `(n_levels,)`, or `(n_draws, n_levels)` for a distance of each draw.
    """
    gaps = np.cumsum(_shares(reference), axis=-1) - np.cumsum(_shares(window), axis=-1)
    found: Floats = np.abs(gaps).max(axis=-1)
    return found


def jensen_shannon(reference: Floats, window: Floats) -> Floats:
    """Return the Jensen-Shannon distance of two vectors of counts: the root of the divergence in nats.

    References
    ----------
    Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on Information Theory 37(1),
    145-151. Endres, D. M. and Schindelin, J. E. (2003), same journal 49(7), 1858-1860.
    """
    first, second = _shares(reference), _shares(window)
    middle = (first + second) / 2
    divergence = (_divergence(first, middle) + _divergence(second, middle)) / 2
    found: Floats = np.sqrt(np.maximum(divergence, 0.0))
    return found


def total_variation(reference: Floats, window: Floats) -> Floats:
    """Return the total variation distance of two vectors of counts: the share of values that would have to move."""
    found: Floats = np.abs(_shares(reference) - _shares(window)).sum(axis=-1) / 2
    return found


def population_stability(reference: Floats, window: Floats) -> Floats:
    """Return the PSI of two vectors of counts; shares below 0.0001 count as 0.0001.

    References
    ----------
    Siddiqi, N. (2006). Credit Risk Scorecards, Wiley, section 11.
    """
    first, second = np.maximum(_shares(reference), _LEAST_SHARE), np.maximum(_shares(window), _LEAST_SHARE)
    found: Floats = ((second - first) * np.log(second / first)).sum(axis=-1)
    return found


def _shares(counts: Floats) -> Floats:
    shares: Floats = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def _divergence(first: Floats, second: Floats) -> Floats:
    ratios = np.divide(first, second, out=np.ones_like(first), where=first > 0)
    found: Floats = (first * np.log(ratios)).sum(axis=-1)
    return found
