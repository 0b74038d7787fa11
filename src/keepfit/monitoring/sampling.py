"""What chance alone makes of distances: their size when nothing has changed, and how they scatter when something has.

Every formula is for two samples: the reference is one too, however large.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from keepfit.arrays import Floats
from keepfit.profiles import NumberProfile

_DRAWS = 200
_MEAN_OF_KOLMOGOROV = np.sqrt(np.pi / 2) * np.log(2)


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
    if not len(edges):
        return 0.0
    counts = np.array(reference.counts, dtype=np.float64) + np.array(window.counts)
    sums = np.array(reference.sums) + np.array(window.sums)
    shares = counts / counts.sum()
    at_edges = np.minimum(np.cumsum(shares)[:-1], 1.0)
    middle = (at_edges[1:] + at_edges[:-1]) / 2
    spread = float((np.sqrt(middle * (1 - middle)) * np.diff(edges)).sum())
    spread += sum(_tail_spread(shares[at], abs(sums[at] / counts[at] - edges[at])) for at in (0, -1) if counts[at])
    return float(np.sqrt(2 / np.pi) * np.sqrt(1 / reference.known + 1 / window.known) * spread)


def _tail_spread(share: float, mean_excess: float) -> float:
    """Integrate sqrt(F(1 - F)) over an exponential tail: 2μ ∫ sqrt(1 - u²) du up to sqrt(share), with u² = 1 - F."""
    share = min(share, 1.0)
    root = np.sqrt(share)
    return float(mean_excess * (root * np.sqrt(1 - share) + np.arcsin(root)))


def expected_divergence(reference: Floats, window: Floats) -> float:
    """Return the Jensen-Shannon divergence that chance makes: (k - 1)/8 (1/n + 1/m) for k levels that occur.

    References
    ----------
    Grosse, I. et al. (2002). Analysis of symbolic sequences using the Jensen-Shannon divergence. Physical Review E
    65, 041905.
    """
    return _free_levels(reference, window) / 8 * _inverse_sizes(reference, window)


def expected_stability(reference: Floats, window: Floats) -> float:
    """Return the PSI that chance makes: (k - 1)(1/n + 1/m) for k levels that occur.

    References
    ----------
    Yurdakul, B. (2018). Statistical properties of population stability index. Dissertation, Western Michigan
    University.
    """
    return _free_levels(reference, window) * _inverse_sizes(reference, window)


def expected_variation(reference: Floats, window: Floats) -> float:
    """Return the total variation that chance makes: half of the mean size of a normal difference at each level."""
    shares = (reference + window) / (reference + window).sum()
    deviations = np.sqrt(shares * (1 - shares) * _inverse_sizes(reference, window))
    return float(deviations.sum() * np.sqrt(2 / np.pi) / 2)


def expected_gap(reference: Floats, window: Floats) -> float:
    """Return the Kolmogorov-Smirnov statistic that chance makes: the mean of Kolmogorov's distribution.

    Where values repeat it is less.

    References
    ----------
    Marsaglia, G., Tsang, W. W. and Wang, J. (2003). Evaluating Kolmogorov's distribution. Journal of Statistical
    Software 8(18).
    """
    return float(_MEAN_OF_KOLMOGOROV * np.sqrt(_inverse_sizes(reference, window)))


def scatter(measure: Callable[[Floats, Floats], Floats], reference: Floats, window: Floats) -> tuple[float, float]:
    """Return how far below and above its mean a distance lies in 95 % of samples like these two.

    Both sides are drawn again with the shares that they have, by the normal distribution that a multinomial one comes
    close to.

    Parameters
    ----------
    measure
        The distance of counts, `(n_draws, n_levels)` each.
    reference, window
        Counts, `(n_levels,)`.

    References
    ----------
    Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap, Chapman and Hall, chapters 6 and 13.
    """
    first, second = _normals(len(reference))
    distances = measure(_drawn(reference, first), _drawn(window, second))
    low, high = np.quantile(distances, [0.025, 0.975]) - distances.mean()
    return min(float(low), 0.0), max(float(high), 0.0)  # of rounding, or of a few draws far out


@cache
def _normals(levels: int) -> tuple[Floats, Floats]:
    """Return the same draws for every column of so many levels: a check that is repeated says the same."""
    drawn = np.random.default_rng(0).standard_normal((2, _DRAWS, levels))
    return drawn[0], drawn[1]


def _drawn(counts: Floats, normals: Floats) -> Floats:
    roots = np.sqrt(counts)
    moved = roots * normals
    shares = counts / counts.sum()
    drawn: Floats = np.maximum(counts + moved - shares * moved.sum(axis=1, keepdims=True), 0.0)
    return drawn


def _free_levels(reference: Floats, window: Floats) -> int:
    return max(int(((reference + window) > 0).sum()) - 1, 0)


def _inverse_sizes(reference: Floats, window: Floats) -> float:
    return float(1 / reference.sum() + 1 / window.sum())
