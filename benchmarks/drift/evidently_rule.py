"""Evidently's default rule for a reference of more than 1000 rows, recomputed: a distance of 0.1 or more is drift.

The Wasserstein distance in standard deviations of the reference for numbers, the Jensen-Shannon distance (natural
logarithm) for categories; missing values are dropped. `power.py` compares it with the package, window by window.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

LIMIT = 0.1
LEAST_DEVIATION = 0.001


def drifted(reference: pl.DataFrame, window: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns whose distance reaches the limit."""
    return tuple(name for name in reference.columns if distance(reference[name], window[name]) >= LIMIT)


def distance(reference: pl.Series, window: pl.Series) -> float:
    """Return how far a column of the window is from that of the reference."""
    old, new = reference.drop_nulls(), window.drop_nulls()
    return normed_wasserstein(old, new) if old.dtype.is_numeric() else jensen_shannon(old, new)


def normed_wasserstein(old: pl.Series, new: pl.Series) -> float:
    """Return the first Wasserstein distance in standard deviations of the reference."""
    from scipy.stats import wasserstein_distance  # noqa: PLC0415 - heavy

    values = old.to_numpy()
    return float(wasserstein_distance(values, new.to_numpy()) / max(np.std(values), LEAST_DEVIATION))


def jensen_shannon(old: pl.Series, new: pl.Series) -> float:
    """Return the Jensen-Shannon distance of the shares of two samples' categories, in the root of nats."""
    words, codes = np.unique(np.concatenate([old.to_numpy(), new.to_numpy()]).astype(str), return_inverse=True)
    counts = [np.bincount(part, minlength=len(words)) for part in np.split(codes, [len(old)])]
    first, second = (part / part.sum() for part in counts)
    middle = (first + second) / 2
    return float(np.sqrt((divergence(first, middle) + divergence(second, middle)) / 2))


def divergence(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the Kullback-Leibler divergence of shares, in nats."""
    known = first > 0
    return float((first[known] * np.log(first[known] / second[known])).sum())
