"""The typical record: what a profile says of its columns one by one, and nobody's row."""

from __future__ import annotations

import math

import numpy as np

from keepfit.arrays import Matrix
from keepfit.profiles.category import CategoryProfile
from keepfit.profiles.column import ColumnProfile
from keepfit.profiles.number import NumberProfile
from keepfit.profiles.profile import Profile


def typical_row(profile: Profile) -> Matrix:
    """Return the typical record as the door would, `(1, n_features)`: medians, and the most frequent categories.

    A column that most rows lack is missing in it, and so is a category that more rows lack than have any one word.

    Parameters
    ----------
    profile
        The reference profile of a bundle.
    """
    return np.array([[_typical(column) for column in profile.columns]], dtype=np.float32)


def _typical(column: ColumnProfile) -> float:
    return _median(column) if isinstance(column, NumberProfile) else _most_frequent(column)


def _median(column: NumberProfile) -> float:
    """Return the upper edge of the bin in which half of the values are reached.

    It is the median itself where the bins are even in number, as those of a bundle are: it is one of their edges then.
    """
    if column.maximum is None or column.missing > column.known:
        return math.nan
    ends = (*column.edges, column.maximum)
    return ends[int(np.searchsorted(np.cumsum(column.counts), column.known / 2))]


def _most_frequent(column: CategoryProfile) -> float:
    """Return the code of the most frequent word; the first of several."""
    most = max(column.counts, default=0)
    return math.nan if column.missing > most or not most else float(column.code(column.counts.index(most)))
