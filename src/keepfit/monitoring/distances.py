"""Distances between two profiles of a column, and what chance alone would make of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.profiles import NumberProfile

Floats = NDArray[np.float64]
_LEAST_SHARE = 1e-4


def wasserstein(reference: NumberProfile, window: NumberProfile) -> float:
    """Return the first Wasserstein distance, in the column's own unit.

    Within a bin the integral of the difference of the two distribution functions follows from their values at its
    edges and from the sums; it is exact where they do not cross inside of the bin.

    References
    ----------
    Vallender, S. S. (1974). Calculation of the Wasserstein distance between probability distributions on the line.
    Theory of Probability and its Applications 18(4), 784-786.
    """
    gaps = _distribution(reference)[:-1] - _distribution(window)[:-1]
    at_edges = np.array(reference.edges) * gaps
    sums = np.array(reference.sums) / reference.known - np.array(window.sums) / window.known
    integrals = np.append(at_edges, 0.0) - np.insert(at_edges, 0, 0.0) - sums
    return float(np.abs(integrals).sum())


def expected_wasserstein(reference: NumberProfile, window: NumberProfile) -> float:
    """Return the distance that two samples of these sizes show on average when nothing has changed.

    At each point the difference of the empirical distribution functions is about normal with variance
    F(1 - F)(1/n + 1/m), so its mean size is sqrt(2/pi) of its deviation. Between two edges F is taken as straight; in
    the outer bins the values fall off exponentially from the edge, with the mean that they have.

    References
    ----------
    del Barrio, E., Giné, E. and Matrán, C. (1999). Central limit theorems for the Wasserstein distance between the
    empirical and the true distributions. Annals of Probability 27(2), 1009-1071.
    """
    edges = np.array(reference.edges)
    counts = np.array(reference.counts, dtype=np.float64) + np.array(window.counts)
    sums = np.array(reference.sums) + np.array(window.sums)
    shares = counts / counts.sum()
    at_edges = np.cumsum(shares)[:-1]
    middle = (at_edges[1:] + at_edges[:-1]) / 2
    spread = float((np.sqrt(middle * (1 - middle)) * np.diff(edges)).sum())
    spread += sum(_tail_spread(shares[at], abs(sums[at] / counts[at] - edges[at])) for at in (0, -1) if counts[at])
    return float(np.sqrt(2 / np.pi) * np.sqrt(1 / reference.known + 1 / window.known) * spread)


def _tail_spread(share: float, mean_excess: float) -> float:
    """Integrate sqrt(F(1 - F)) over an exponential tail: 2μ ∫ sqrt(1 - u²) du up to sqrt(share), with u² = 1 - F."""
    root = np.sqrt(share)
    return float(mean_excess * (root * np.sqrt(1 - share) + np.arcsin(root)))


def kolmogorov_smirnov(reference: NumberProfile, window: NumberProfile) -> float:
    """Return the largest difference of the two distribution functions at the reference's edges."""
    return float(np.abs(_distribution(reference) - _distribution(window)).max())


def jensen_shannon(reference: Floats, window: Floats) -> float:
    """Return the Jensen-Shannon distance of two vectors of counts: the root of the divergence in nats.

    References
    ----------
    Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on Information Theory 37(1),
    145-151. Endres, D. M. and Schindelin, J. E. (2003), same journal 49(7), 1858-1860.
    """
    first, second = reference / reference.sum(), window / window.sum()
    middle = (first + second) / 2
    return float(np.sqrt(max((_divergence(first, middle) + _divergence(second, middle)) / 2, 0.0)))


def expected_divergence(reference: Floats, window: Floats) -> float:
    """Return the Jensen-Shannon divergence that chance makes: (k - 1)/8 (1/n + 1/m) for k levels that occur.

    References
    ----------
    Grosse, I. et al. (2002). Analysis of symbolic sequences using the Jensen-Shannon divergence. Physical Review E
    65, 041905.
    """
    levels = int(((reference + window) > 0).sum())
    return float((levels - 1) / 8 * (1 / reference.sum() + 1 / window.sum()))


def population_stability(reference: Floats, window: Floats) -> float:
    """Return the PSI of two vectors of counts; shares below 0.0001 count as 0.0001.

    References
    ----------
    Siddiqi, N. (2006). Credit Risk Scorecards, Wiley, section 11.
    """
    first = np.maximum(reference / reference.sum(), _LEAST_SHARE)
    second = np.maximum(window / window.sum(), _LEAST_SHARE)
    return float(((second - first) * np.log(second / first)).sum())


def _distribution(profile: NumberProfile) -> Floats:
    """Return the share of values up to each edge; the last is 1."""
    counts = np.array(profile.counts, dtype=np.float64)
    distribution: Floats = np.cumsum(counts) / counts.sum()
    return distribution


def _divergence(first: Floats, second: Floats) -> float:
    known = first > 0
    return float((first[known] * np.log(first[known] / second[known])).sum())
