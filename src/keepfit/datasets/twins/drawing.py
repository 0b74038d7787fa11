"""Drawing the columns of a twin: ranks that correlate, what stands at a rank, and an outcome that depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats

LEVELS = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 1.0)


def correlated_ranks(
    rng: np.random.Generator, rows: int, names: Sequence[str], correlations: Mapping[tuple[str, str], float]
) -> dict[str, Floats]:
    """Return ranks in (0, 1) for each name, drawn through a Gaussian copula; pairs that are not named are independent.

    References
    ----------
    Nelsen, R. B. (2006). An Introduction to Copulas, section 2.3.
    """
    correlation = np.eye(len(names))
    for (first, second), value in correlations.items():
        at, to = names.index(first), names.index(second)
        correlation[at, to] = correlation[to, at] = value
    ranks = ranks_of(rng.standard_normal((rows, len(names))) @ np.linalg.cholesky(correlation).T)
    return {name: ranks[:, at] for at, name in enumerate(names)}


def ranks_of(values: Floats) -> Floats:
    """Return the rank of each value in its column: evenly spaced in (0, 1)."""
    ranks: Floats = (values.argsort(axis=0).argsort(axis=0) + 0.5) / len(values)
    return ranks


def values_at(ranks: Floats, quantiles: Sequence[float], *, decimals: int = 0) -> Floats:
    """Return the values at ranks of a column whose quantiles at `LEVELS` are given.

    Between two of them the inverse hyperbolic sine of the value is straight: small values lie evenly, large ones (of
    either sign) thin out as those of a long tail do.
    """
    values: Floats = np.sinh(np.interp(ranks, LEVELS, np.arcsinh(quantiles)))
    return values.round(decimals)


def whole_values_at(ranks: Floats, quantiles: Sequence[float]) -> NDArray[np.int64]:
    """Return `values_at` as whole numbers."""
    return values_at(ranks, quantiles).astype(np.int64)


def words_at(ranks: Floats, counts: Mapping[Any, int]) -> NDArray[Any]:
    """Return the words (or codes) at ranks: the first word has the lowest ranks, and each its share of them."""
    shares = np.cumsum(list(counts.values())) / sum(counts.values())
    words: NDArray[Any] = np.array(list(counts))[np.searchsorted(shares[:-1], ranks)]
    return words


def score(
    columns: Mapping[str, Any],
    number_effects: Mapping[str, float],
    category_effects: Mapping[str, Mapping[Any, float]],
) -> Floats:
    """Return the sum of effects: of a standard deviation of a number's logarithm, and of each category."""
    total = np.zeros(len(next(iter(columns.values()))))
    for name, effect in number_effects.items():
        total += effect * _standardised(np.sign(columns[name]) * np.log1p(np.abs(columns[name])))
    for name, effects in category_effects.items():
        total += np.array([effects.get(value, 0.0) for value in columns[name]])
    return total


def is_chosen(rng: np.random.Generator, scores: Floats, share: float) -> NDArray[np.bool_]:
    """Choose the share of rows whose score, with logistic noise, is highest."""
    noisy = scores + rng.logistic(size=len(scores))
    chosen: NDArray[np.bool_] = noisy > np.quantile(noisy, 1 - share)
    return chosen


def _standardised(values: Floats) -> Floats:
    standardised: Floats = (values - values.mean()) / (values.std() or 1.0)
    return standardised
