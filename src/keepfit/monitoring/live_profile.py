"""What a model is asked, counted in the bins of its reference profile: what Prometheus can make a PSI of.

The bins are those of the profile, so that a PSI over any window in PromQL is the one that `keepfit check` tells of the
same rows. Only of a vocabulary beyond fifty labels are the rare ones counted together: every label is a series.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keepfit.date_text import date_text
from keepfit.profiles import ColumnProfile, NumberProfile, Profile, count_window, level_counts

MISSING, UNSEEN, OTHERS, LAST = "missing", "unseen", "others", "+Inf"
_RESERVED = frozenset((MISSING, UNSEEN, OTHERS))  # a label that is called so is told with a word before it
_MOST_LABELS = 50


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
    places
        Which bin each level of the profile is counted in, the missing left out.
    """

    name: str
    bins: tuple[str, ...]
    ratios: tuple[float, ...]
    places: NDArray[np.intp]


class LiveProfile:
    """The bins of a model's columns and of its score.

    Parameters
    ----------
    reference
        The profile that the model carries.
    hidden
        Columns that are not told.
    """

    def __init__(self, reference: Profile, hidden: Collection[str] = ()) -> None:
        self._reference, self._hidden = reference, hidden
        self.columns = tuple(_live(column) for column in reference.columns if column.name not in hidden)
        self.score = _live(reference.score)

    def count(self, matrix: NDArray[np.float32], probability: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
        """Yield the counts of rows by bin: those of each column in order, then those of the score.

        Parameters
        ----------
        matrix
            Rows as they came through the door, `(n_rows, n_features)`.
        probability
            What was answered, `(n_rows,)`.
        """
        counted = count_window(self._reference, matrix, probability)
        counted = counted.without(self._hidden)
        for live, column in zip((*self.columns, self.score), (*counted.columns, counted.score), strict=True):
            yield _by_bin(live, column)


def _live(profile: ColumnProfile) -> LiveColumn:
    names = _names(profile)
    counts = level_counts(profile)
    places = np.arange(len(names))
    if len(names) > _MOST_LABELS + 1:
        kept = np.sort(np.argsort(-counts[:-1], kind="stable")[:_MOST_LABELS])
        places = np.full(len(names), len(kept))
        places[kept], places[-1] = np.arange(len(kept)), len(kept) + 1
        names = [*(names[at] for at in kept), OTHERS, names[-1]]
    live = LiveColumn(profile.name, (*names, MISSING), (), places)
    known, rows = max(profile.known, 1), max(profile.known + profile.missing, 1)
    *levels, missing = _by_bin(live, profile).tolist()
    return live._replace(ratios=(*(level / known for level in levels), missing / rows))


def _names(profile: ColumnProfile) -> list[str]:
    if not isinstance(profile, NumberProfile):
        return [*(f"label {label}" if label in _RESERVED else label for label in profile.labels), UNSEEN]
    if profile.is_date:
        return [*(date_text(int(edge)) for edge in profile.edges), LAST]
    return [*(f"{edge:g}" if float(f"{edge:g}") == edge else repr(edge) for edge in profile.edges), LAST]


def _by_bin(live: LiveColumn, profile: ColumnProfile) -> NDArray[np.int64]:
    levels = np.bincount(live.places, weights=level_counts(profile), minlength=len(live.bins) - 1)
    return np.append(levels, profile.missing).astype(np.int64)
