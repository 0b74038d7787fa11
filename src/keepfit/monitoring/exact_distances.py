"""Exact mode: distances from the raw values of one column, as Evidently 0.6.7 defines them.

A check compares profiles, and needs no raw values. This is what its numbers are held against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.errors import MonitoringError
from keepfit.monitoring.distances import jensen_shannon
from keepfit.signature import Column

_LEAST_UNIT = 1e-3  # Evidently's: a column that hardly varies is measured in thousandths
_MOST_LEVELS = 5  # a number with no more distinct values than these is compared as a category


@dataclass(frozen=True, slots=True)
class ExactDistance:
    """How far a window's column is from the reference's.

    Attributes
    ----------
    name
        `normed_wasserstein` (in reference standard deviations) or `jensen_shannon` (distance, nats).
    value
        The distance, at least 0.
    """

    name: str
    value: float


def exact_distance(reference: Floats, window: Floats, *, is_category: bool) -> ExactDistance:
    """Return the distance that Evidently chooses for a column with more than 1000 known values in the reference.

    Parameters
    ----------
    reference, window
        Raw values, or the codes of a category, `(n_rows,)` each; NaN where there is none.
    is_category
        Whether they are codes. A number with at most five distinct values in both together counts as a category too.

    Raises
    ------
    MonitoringError
        When one of them has no values.
    """
    levels = len(np.unique(np.concatenate([_known(reference, "reference"), _known(window, "window")])))
    if is_category or levels <= _MOST_LEVELS:
        return ExactDistance("jensen_shannon", category_distance(reference, window))
    return ExactDistance("normed_wasserstein", normed_wasserstein(reference, window))


def exact_distances(reference: Matrix, window: Matrix, columns: Sequence[Column]) -> dict[str, ExactDistance]:
    """Return the distance of each column, of those that have values on both sides.

    Parameters
    ----------
    reference, window
        Rows from the door, `(n_rows, n_features)`.
    columns
        What they hold, in their order.
    """
    found = {}
    for at, column in enumerate(columns):
        old, new = (side[:, at].astype(np.float64) for side in (reference, window))
        if np.isfinite(old).any() and np.isfinite(new).any():
            found[column.name] = exact_distance(old, new, is_category=not column.kind.is_ordered)
    return found


def normed_wasserstein(reference: Floats, window: Floats) -> float:
    """Return the first Wasserstein distance in units of the reference's standard deviation (of the population).

    The distance is the area between the two empirical distribution functions. Missing and infinite values are passed
    over, and the unit is at least 0.001; see `exact_distance` for the parameters and what is refused.

    References
    ----------
    Vallender, S. S. (1974). Calculation of the Wasserstein distance between probability distributions on the line.
    Theory of Probability and its Applications 18(4), 784-786. The unit is that of Evidently 0.6.7's method
    "Wasserstein distance (normed)".
    """
    old, new = np.sort(_known(reference, "reference")), np.sort(_known(window, "window"))
    steps = np.sort(np.concatenate([old, new]))
    shares = [np.searchsorted(values, steps[:-1], side="right") / len(values) for values in (old, new)]
    area = float((np.abs(shares[0] - shares[1]) * np.diff(steps)).sum())
    return area / max(float(old.std()), _LEAST_UNIT)


def category_distance(reference: Floats, window: Floats) -> float:
    """Return the Jensen-Shannon distance of the shares of each distinct value, natural logarithm.

    Missing values are passed over; see `exact_distance` for the parameters and what is refused, and
    `distances.jensen_shannon` for the formula.
    """
    old, new = _known(reference, "reference"), _known(window, "window")
    levels, places = np.unique(np.concatenate([old, new]), return_inverse=True)
    parts = places[: len(old)], places[len(old) :]
    counts = [np.bincount(part, minlength=len(levels)).astype(np.float64) for part in parts]
    return float(jensen_shannon(*counts))


def _known(values: Floats, name: str) -> Floats:
    known = values[np.isfinite(values)]
    if not len(known):
        raise MonitoringError(
            f"none of its {len(values)} values is known", where=name, hint="there is nothing to compare"
        )
    return known
