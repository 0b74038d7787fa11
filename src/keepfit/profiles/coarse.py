"""Coarse levels: a few parts of a column, for indices that many levels would blur, for series that cost, for figures.

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
_TENTHS, _DRAWN = 10, 40
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
    if not isinstance(reference, NumberProfile):
        return _frequent(reference)
    places, edges = _parts(reference, _TENTHS)
    return CoarseLevels((*(_shown(edge, is_date=reference.is_date) for edge in edges), LAST), places)


class NumberParts(NamedTuple):
    """About forty parts of a number, for figures, and for draws that need no more.

    Attributes
    ----------
    edges
        Between them, `(n_parts - 1,)`.
    reference, window
        Values by part, `(n_parts,)`.
    reference_sums, window_sums
        Their sums.
    """

    edges: NDArray[np.float64]
    reference: NDArray[np.float64]
    window: NDArray[np.float64]
    reference_sums: NDArray[np.float64]
    window_sums: NDArray[np.float64]


def number_parts(reference: NumberProfile, window: NumberProfile) -> NumberParts:
    """Return both sides in parts of about equal count in the reference."""
    places, edges = _parts(reference, _DRAWN)
    found = [
        np.bincount(places, values, minlength=len(edges) + 1).astype(np.float64)
        for values in (reference.counts, window.counts, reference.sums, window.sums)
    ]
    return NumberParts(np.array(edges), *found)


def drawn_numbers(reference: NumberProfile, window: NumberProfile) -> tuple[list[float], list[float], list[float]]:
    """Return the parts of a number for a figure: their edges, outer ones included, and the counts of both."""
    parts = number_parts(reference, window)
    inner = parts.edges.tolist()
    ends = [end for one in (reference, window) for end in (one.minimum, one.maximum) if end is not None]
    edges = [min([*ends, *inner], default=0.0), *inner, max([*ends, *inner], default=1.0)]
    return edges, parts.reference.tolist(), parts.window.tolist()


def _parts(reference: NumberProfile, parts: int) -> tuple[NDArray[np.intp], list[float]]:
    """Return which part each bin is in, and the edges between parts of about equal count."""
    counts = level_counts(reference)
    middles = (np.cumsum(counts) - counts / 2) / max(counts.sum(), 1.0)
    numbers = np.minimum((middles * parts).astype(np.intp), parts - 1)
    held = np.flatnonzero(counts)  # a part ends with a value that occurs: what lies between two belongs to the next
    if len(held):
        numbers = numbers[held[np.minimum(np.searchsorted(held, np.arange(len(counts))), len(held) - 1)]]
    found, places = np.unique(numbers, return_inverse=True)
    ends = np.searchsorted(places, np.arange(len(found)), side="right") - 1
    return places, [reference.edges[end] for end in ends[:-1].tolist()]


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
