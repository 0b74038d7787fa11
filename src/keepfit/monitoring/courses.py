"""The course of a column over the stretches of a window: the one number that says most of its change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keepfit.monitoring.column_drift import ColumnDrift
from keepfit.profiles import ColumnProfile, NumberProfile, level_counts


@dataclass(frozen=True, slots=True)
class Course:
    """A number over time.

    Attributes
    ----------
    what
        Which one: the mean, the spread, the share of a label, of unseen or of missing values.
    values
        By stretch, NaN where it has none.
    reference
        Of the reference.
    is_date
        Whether they are days since 1970-01-01.
    """

    what: str
    values: tuple[float, ...]
    reference: float
    is_date: bool = False


def course(column: ColumnDrift, reference: ColumnProfile, stretches: Sequence[ColumnProfile]) -> Course:
    """Return the course of what has changed most of a column."""
    every = (*stretches, reference)
    if column.missing.is_changed:
        return _of("share missing", [_ratio(one.missing, one.rows) for one in every])
    if isinstance(reference, NumberProfile):
        numbers = [one for one in every if isinstance(one, NumberProfile)]
        return _course_of_numbers(numbers, is_date=reference.is_date)
    levels = [level_counts(one) / max(one.known, 1) for one in every]
    whole = sum(level_counts(one) for one in stretches) / max(sum(one.known for one in stretches), 1)
    most = int(np.abs(whole - levels[-1]).argmax())
    names = (*reference.labels, *("rare values" for _ in reference.buckets), "unseen values")
    return _of(f"share of {names[most]}", [float(one[most]) for one in levels])


def _course_of_numbers(every: Sequence[NumberProfile], *, is_date: bool) -> Course:
    means, deviations = [one.mean for one in every], [one.deviation for one in every]
    moved = [
        abs(np.nanmedian(side[:-1]) - side[-1]) if np.isfinite(side).any() else 0.0 for side in (means, deviations)
    ]
    if moved[0] >= moved[1]:
        return Course("mean", tuple(means[:-1]), means[-1], is_date)
    return _of("spread", deviations)


def _of(what: str, values: Sequence[float]) -> Course:
    return Course(what, tuple(values[:-1]), values[-1])


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
