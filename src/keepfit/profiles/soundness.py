"""Whether counts can be those of values: a profile that is read may have been altered by hand."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from keepfit.arrays import Floats
from keepfit.profiles.category import BUCKETS, CategoryProfile
from keepfit.profiles.number import NumberProfile

_FLOAT32 = np.finfo(np.float32)  # of which the numbers of the door are
_GREATEST, _LEAST = float(_FLOAT32.max), float(_FLOAT32.tiny)
_ROUNDING = 1e-6  # of sums, relative: a database adds up values that the door would have rounded by 2**-24
_MOST_ROWS = 2**53  # float64 has every whole number up to it


def require_sound(column: NumberProfile | CategoryProfile) -> None:
    """Refuse counts that no values have.

    Raises
    ------
    ValueError
        When counts, sums and extremes of a number, or counts and vocabulary of a category, do not fit each other.
    """
    fits = _bins_fit(column) if isinstance(column, NumberProfile) else _category_fits(column)
    if not fits or min((*column.levels, column.missing)) < 0 or column.rows > _MOST_ROWS:
        raise ValueError(f"{column.name}: its counts do not fit its bins")
    if isinstance(column, NumberProfile) and not _sums_fit(column):
        raise ValueError(f"{column.name}: its sums or extremes do not fit its counts")


def _bins_fit(number: NumberProfile) -> bool:
    edges = number.edges
    is_ascending = all(low < high for low, high in pairwise((-math.inf, *edges, math.inf)))
    return is_ascending and len(number.counts) == len(number.sums) == len(edges) + 1


def _category_fits(category: CategoryProfile) -> bool:
    """Return whether the labels are the vocabulary, or named ones of a large one beside the buckets of all others."""
    named, codes = len(category.labels), category.codes
    once, twice = category.seen_once, category.seen_twice
    if len(category.counts) != named or min(once, twice) < 0 or once + 2 * twice > category.known - category.unseen:
        return False
    if not codes:
        return category.vocabulary == named and not category.buckets
    is_ascending = codes[0] >= 0 and all(low < high for low, high in pairwise(codes))
    return is_ascending and codes[-1] < category.vocabulary and (len(codes), len(category.buckets)) == (named, BUCKETS)


def _sums_fit(number: NumberProfile) -> bool:
    """Return whether there are values in these bins that have these sums, these squares and these extremes."""
    low, high, known = number.minimum, number.maximum, number.known
    if low is None or high is None:
        return low is high and not known and not number.squares and not any(number.sums)
    if not -_GREATEST <= low <= high <= _GREATEST or not known:
        return False
    counts, bounds = np.array(number.counts, dtype=np.float64), np.array((low, *number.edges, high))
    held = counts.nonzero()[0]
    if bounds[1:-1].searchsorted((low, high)).tolist() != [held[0], held[-1]]:
        return False
    return _squares_fit(number, max(-low, high)) and _are_within(number, counts, bounds)


def _squares_fit(number: NumberProfile, furthest: float) -> bool:
    """Return whether the squares are of values with this sum, of which the one that is furthest from 0 is so far."""
    total, known, most = sum(number.sums), number.known, furthest * (1 + _ROUNDING) + _LEAST
    squares = number.squares * (1 + _ROUNDING) + _LEAST
    is_enough = furthest * furthest <= squares and total * total <= known * squares
    return is_enough and number.squares <= known * most * most


def _are_within(number: NumberProfile, counts: Floats, bounds: Floats) -> bool:
    """Return whether each sum is one of so many values of its bin."""
    nearest = np.minimum(np.maximum(bounds, bounds[0]), bounds[-1])  # no value lies beyond the extremes
    slack, sums = _ROUNDING * np.abs(nearest) + _LEAST, np.array(number.sums)
    return bool((counts * (nearest - slack)[:-1] <= sums).all() and (sums <= counts * (nearest + slack)[1:]).all())
