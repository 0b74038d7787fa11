"""The profile of one column, whichever kind it is of."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from keepfit.profiles.category import CategoryProfile
from keepfit.profiles.number import NumberProfile

ColumnProfile = NumberProfile | CategoryProfile


def column_from_dict(facts: Mapping[str, Any]) -> ColumnProfile:
    """Rebuild a column's profile from `to_dict`'s form.

    Raises
    ------
    KeyError, TypeError, ValueError, msgspec.ValidationError
        When the facts have another form, or do not fit each other.
    """
    column: ColumnProfile
    if facts["kind"] == "number":
        column = number = msgspec.convert(facts, NumberProfile)
        fits = len(number.counts) == len(number.sums) == len(number.edges) + 1
        fits = fits and all(low < high for low, high in pairwise(number.edges))
    else:
        column = category = msgspec.convert(facts, CategoryProfile)
        fits = len(category.counts) == len(category.labels) and len(category.codes) in (0, len(category.labels))
    if not fits or min((*column.levels, column.missing)) < 0:
        raise ValueError(f"{column.name}: its counts do not fit its bins")
    return column


def level_counts(profile: ColumnProfile) -> NDArray[np.float64]:
    """Return counts by bin of a number, or by label of a category with the unseen last."""
    return np.array(profile.levels, dtype=np.float64)
