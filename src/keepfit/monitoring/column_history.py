"""Since when each drifted column has been so: within the window, and over the checks before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from keepfit.monitoring.drift import Drift
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.monitoring.onset import onset
from keepfit.monitoring.past_checks import PastCheck
from keepfit.profiles import Profile


@dataclass(frozen=True, slots=True)
class ColumnHistory:
    """Since when a column has been as it is now.

    Attributes
    ----------
    stretch
        Number of the stretch of the window at which it changed; 0 when it came into the window changed.
    changed_at
        When that was; None where it is not known, or it was before the window.
    first_check
        When the first of the checks was made that have called it drifted without a break; None for this one.
    """

    stretch: int
    changed_at: datetime | None
    first_check: datetime | None


def column_histories(
    window: ObservedWindow, reference: Profile, drift: Drift, history: Sequence[PastCheck]
) -> Mapping[str, ColumnHistory]:
    """Return since when each drifted column has been so, by its name.

    Parameters
    ----------
    window, reference
        What was compared.
    drift
        What was found.
    history
        The checks before, of the same version, the newest first.
    """
    found = {}
    for column in drift.drifted:
        change = onset(window, reference.columns, column.name)
        found[column.name] = ColumnHistory(change.stretch, change.at, _first_check(column.name, history))
    return found


def _first_check(name: str, history: Sequence[PastCheck]) -> datetime | None:
    first = None
    for one in history:
        if ("feature", name) not in one.drifted:
            break
        first = one.at
    return first
