"""Coarse levels: about ten parts of a column, for indices that many levels would blur and for series that cost.

A population stability index is read by rules of thumb that were made for ten bins (below 0.1, above 0.25); with a
hundred bins chance alone reaches them. So it is counted in tenths here, and in the same ones by Prometheus.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keepfit.date_text import date_text
from keepfit.profiles.category import CategoryProfile
from keepfit.profiles.column import ColumnProfile, level_counts
from keepfit.profiles.number import NumberProfile

MISSING, UNSEEN, OTHERS, LAST = "missing", "unseen", "others", "+Inf"
_RESERVED = frozenset((MISSING, UNSEEN, OTHERS))  # a label that is called so is told with a word before it
_TENTHS = 10
_MOST_LABELS = 20


class CoarseLevels(NamedTuple):
    """The coarse levels of a column.

    Attributes
    ----------
    names
        The upper edge of a number's part, the label of a category.
    places
        Which of them each level of the profile is in.
    """

    names: tuple[str, ...]
    places: NDArray[np.intp]

    def counts(self, profile: ColumnProfile) -> NDArray[np.float64]:
        """Return a profile's values by coarse level."""
        found = np.zeros(len(self.names))
        np.add.at(found, self.places, level_counts(profile))
        return found


def coarse_levels(reference: ColumnProfile) -> CoarseLevels:
    """Return the tenths of a number's reference, or the most frequent labels of a category, all others, and unseen."""
    return _tenths(reference) if isinstance(reference, NumberProfile) else _frequent(reference)


def _tenths(reference: NumberProfile) -> CoarseLevels:
    counts = level_counts(reference)
    middles = (np.cumsum(counts) - counts / 2) / max(counts.sum(), 1.0)
    tenths = np.minimum((middles * _TENTHS).astype(np.intp), _TENTHS - 1)
    held = np.flatnonzero(counts)  # a part ends with a value that occurs: what lies between two belongs to the next
    if len(held):
        tenths = tenths[held[np.minimum(np.searchsorted(held, np.arange(len(counts))), len(held) - 1)]]
    found, places = np.unique(tenths, return_inverse=True)
    ends = np.searchsorted(places, np.arange(len(found)), side="right") - 1
    edges = [reference.edges[end] for end in ends[:-1].tolist()]
    return CoarseLevels((*(_shown(edge, is_date=reference.is_date) for edge in edges), LAST), places)


def _frequent(reference: CategoryProfile) -> CoarseLevels:
    names = [f"label {label}" if label in _RESERVED else label for label in reference.labels]
    if len(names) + len(reference.buckets) <= _MOST_LABELS:
        return CoarseLevels((*names, UNSEEN), np.arange(len(names) + 1))
    kept = np.sort(np.argsort(-np.array(reference.counts), kind="stable")[:_MOST_LABELS])
    places = np.full(len(reference.levels), len(kept))
    places[kept], places[-1] = np.arange(len(kept)), len(kept) + 1
    return CoarseLevels((*(names[at] for at in kept.tolist()), OTHERS, UNSEEN), places)


def _shown(edge: float, *, is_date: bool) -> str:
    if is_date:
        return date_text(int(edge))
    return f"{edge:g}" if float(f"{edge:g}") == edge else repr(edge)
