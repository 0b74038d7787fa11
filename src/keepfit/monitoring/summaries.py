"""The one number that says most of a column's change: its mean, its spread, or a share of its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keepfit.date_text import date_text
from keepfit.monitoring.distances import wasserstein
from keepfit.profiles import CategoryProfile, ColumnProfile, NumberProfile, level_counts

_LARGE, _TOO_LARGE = 1e3, 1e12
_TIE = 1e-9
_MOST = 0.5  # of the distance: what the mean, or the spread, must have moved to say it


@dataclass(frozen=True, slots=True)
class Summary:
    """A number of a column.

    Attributes
    ----------
    what
        Which one: `mean`, `spread`, `share of fixed`, `share up to 12`.
    value
        Returns it of a profile of the column, NaN where there are no values.
    write
        Writes it.
    """

    what: str
    value: Callable[[ColumnProfile], float]
    write: Callable[[float], str]

    def told(self, reference: ColumnProfile, window: ColumnProfile) -> str:
        """Return it then and now, in words."""
        colon = ":" if " " in self.what else ""
        return f"{self.what}{colon} {self.write(self.value(reference))} → {self.write(self.value(window))}"


def summary(reference: ColumnProfile, window: ColumnProfile) -> Summary:
    """Return the number that says most of the change between two profiles, both of which have values."""
    if isinstance(reference, NumberProfile) and isinstance(window, NumberProfile):
        return _of_numbers(reference, window)
    assert isinstance(reference, CategoryProfile)  # noqa: S101 - profiles in the same bins are of one kind
    before, now = _shares(reference), _shares(window)
    moved = np.abs(now - before)
    most = int(np.flatnonzero(moved >= moved.max() - _TIE)[-1])  # of two labels the second: it is the positive one
    names = (*reference.labels, *("rare values" for _ in reference.buckets), "unseen values")
    return Summary(f"share of {names[most]}", lambda one: _share_at(one, most), _percent)


def missing_share() -> Summary:
    """Return the share of rows without a value."""
    return Summary("missing", lambda one: one.missing / one.rows if one.rows else float("nan"), _percent)


def _of_numbers(reference: NumberProfile, window: NumberProfile) -> Summary:
    least = _MOST * wasserstein(reference, window)
    if abs(window.mean - reference.mean) >= least:
        return Summary("mean", _mean, date_text if reference.is_date else _number)
    if abs(window.deviation - reference.deviation) >= least:
        return Summary("spread", _deviation, _days if reference.is_date else _number)
    gaps = np.cumsum(_shares(reference)) - np.cumsum(_shares(window))
    at = int(np.abs(gaps[:-1]).argmax())
    return Summary(_share_up_to(reference, at), lambda one: float(_shares(one)[: at + 1].sum()), _percent)


def _share_up_to(reference: NumberProfile, at: int) -> str:
    """Return what the values up to an edge are called; those below the first are beyond the reference."""
    is_below = at == 0 and reference.minimum is not None
    edge = reference.minimum if is_below else reference.edges[at]
    written = date_text(int(edge or 0)) if reference.is_date else _number(edge or 0.0)
    return f"share {'below' if is_below else 'up to'} {written}"


def _mean(profile: ColumnProfile) -> float:
    return profile.mean if isinstance(profile, NumberProfile) else float("nan")


def _deviation(profile: ColumnProfile) -> float:
    return profile.deviation if isinstance(profile, NumberProfile) else float("nan")


def _share_at(profile: ColumnProfile, level: int) -> float:
    return float(_shares(profile)[level])


def _shares(profile: ColumnProfile) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    counts = level_counts(profile)
    return counts / (counts.sum() or float("nan"))


def _number(value: float) -> str:
    return f"{value:,.0f}" if _LARGE <= abs(value) < _TOO_LARGE else f"{value:.4g}"


def _days(value: float) -> str:
    return f"{_number(value)} days"


def _percent(value: float) -> str:
    return f"{value:.1%}"
