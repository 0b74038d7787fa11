"""Since when a column is as it is now: the stretch of a window at which its values changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from keepfit.chance import pearson_p, pearson_statistic
from keepfit.monitoring.observed_window import ObservedWindow, Stretch
from keepfit.profiles import ColumnProfile, coarse_levels

_LEVEL = 0.01


@dataclass(frozen=True, slots=True)
class Onset:
    """Where in a window a column changed.

    Attributes
    ----------
    stretch
        Number of the first stretch after the change; 0 when it had changed before the window.
    at
        When that stretch began; None where it is not known, or the change was before.
    """

    stretch: int
    at: datetime | None


def onset(window: ObservedWindow, reference: Sequence[ColumnProfile], name: str) -> Onset:
    """Return where in a window a column changed: where the rows before and those after differ most.

    The difference is Pearson's statistic over the column's coarse levels and missing values; the best of all places is
    taken for a change only if it is significant at 1 % after Bonferroni's correction over the places. Otherwise the
    column is the same throughout the window, and changed before it.

    Parameters
    ----------
    window
        The window, in stretches.
    reference
        The columns of the reference profile.
    name
        The column.

    References
    ----------
    Hinkley, D. V. and Hinkley, E. A. (1970). Inference about the change-point in a sequence of binomial variables.
    Biometrika 57(3), 477-488.
    """
    levels = np.array([_levels(one, reference, name) for one in window.stretches])
    before = np.cumsum(levels, axis=0)
    cuts = [np.stack([before[at], before[-1] - before[at]], axis=1) for at in range(len(levels) - 1)]
    statistics = [pearson_statistic(cut)[0] for cut in cuts]
    if not cuts or pearson_p(cuts[int(np.argmax(statistics))]) * len(cuts) >= _LEVEL:
        return Onset(0, None)
    first = int(np.argmax(statistics)) + 1
    return Onset(first, window.stretches[first].first_at)


def _levels(stretch: Stretch, reference: Sequence[ColumnProfile], name: str) -> NDArray[np.float64]:
    """Return the coarse counts of a column in a stretch, the missing last."""
    at = next(at for at, column in enumerate(reference) if column.name == name)
    (column,) = (column for column in stretch.profile.columns if column.name == name)
    return np.append(coarse_levels(reference[at]).counts(column), column.missing)
