"""What a model is asked, counted in the bins of its reference profile: what Prometheus can make a PSI of.

The bins are the coarse levels that `keepfit check` makes its PSI of, so that one over any window in PromQL is the one
that it tells of the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keepfit.profiles import MISSING, CoarseLevels, ColumnProfile, Profile, coarse_levels, count_window


class LiveColumn(NamedTuple):
    """A column's bins.

    Attributes
    ----------
    name
        The column.
    bins
        Their names: the upper edge of a number, the label of a category; the last is that of missing values.
    ratios
        Share of each in the reference: of the known values, and for missing ones of all rows.
    levels
        Them without the missing.
    """

    name: str
    bins: tuple[str, ...]
    ratios: tuple[float, ...]
    levels: CoarseLevels


class LiveProfile:
    """The bins of a model's columns and of its score.

    Parameters
    ----------
    reference
        The profile that the model carries.
    hidden
        Columns that are not told, and not counted either.
    ignored
        Columns that are counted and not told, as they are not compared.
    """

    def __init__(self, reference: Profile, hidden: Collection[str] = (), ignored: Collection[str] = ()) -> None:
        self._reference, self._untold = reference, frozenset(hidden).union(ignored)
        self._hidden_places = [at for at, column in enumerate(reference.columns) if column.name in hidden]
        self.columns = tuple(_live(column) for column in reference.columns if column.name not in self._untold)
        self.score = _live(reference.outputs[0].score)

    def count(self, matrix: NDArray[np.float32], probability: NDArray[np.float64]) -> Profile:
        """Return the profile of rows, in which a hidden column is always missing: as it is in the journal.

        Parameters
        ----------
        matrix
            Rows as they came through the door, `(n_rows, n_features)`.
        probability
            What was answered, `(n_rows,)`.
        """
        if self._hidden_places:
            matrix = matrix.copy()
            matrix[:, self._hidden_places] = np.nan
        return count_window(self._reference, matrix, probability)

    def by_bin(self, counted: Profile) -> Iterator[NDArray[np.int64]]:
        """Yield the counts of a profile by bin: those of each column that is told in order, then those of the score."""
        told = counted.without(self._untold)
        for live, column in zip((*self.columns, self.score), (*told.columns, told.outputs[0].score), strict=True):
            yield _by_bin(live, column)


def _live(profile: ColumnProfile) -> LiveColumn:
    levels = coarse_levels(profile)
    live = LiveColumn(profile.name, (*levels.names, MISSING), (), levels)
    known, rows = max(profile.known, 1), max(profile.rows, 1)
    *found, missing = _by_bin(live, profile).tolist()
    return live._replace(ratios=(*(count / known for count in found), missing / rows))


def _by_bin(live: LiveColumn, profile: ColumnProfile) -> NDArray[np.int64]:
    return np.append(live.levels.counts(profile), profile.missing).astype(np.int64)
