"""What it says of the target that a value is missing: a field that is filled in after the event tells all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.evaluation import share_of
from keepfit.exploration.associations import Tested, association
from keepfit.exploration.features import Rate
from keepfit.exploration.levels import Codes


@dataclass(frozen=True, slots=True)
class Absence:
    """Columns whose values are missing in the same rows, against the target.

    Attributes
    ----------
    columns
        Their names.
    association
        Cramér's V of missing or not with the target.
    missing, known
        How often the target is positive where they are missing, and where they are filled in.
    """

    columns: tuple[str, ...]
    association: Tested
    missing: Rate
    known: Rate


def absent_together(frame: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Return the columns with missing values, those beside each other that are missing in the same rows."""
    found: dict[bytes, list[str]] = {}
    for series in frame:
        is_missing = _is_missing(series)
        if is_missing.any():
            found.setdefault(np.packbits(is_missing).tobytes(), []).append(series.name)
    return tuple(tuple(names) for names in found.values())


def describe_absences(frame: pl.DataFrame, together: Sequence[Sequence[str]], labels: Codes) -> tuple[Absence, ...]:
    """Return what missing values say of the target.

    Parameters
    ----------
    frame
        The rows.
    together
        Columns that are missing in the same rows; see `absent_together`.
    labels
        Class 0 or 1 of each row, -1 without one, `(n_rows,)`.
    """
    has_label = labels >= 0
    found = []
    for names in together:
        is_missing = _is_missing(frame[names[0]])[has_label]
        if not is_missing.any() or is_missing.all():
            continue
        positives = labels[has_label]
        table = np.array([[np.sum((positives == code) & (is_missing == side)) for code in (0, 1)] for side in (0, 1)])
        known, missing = (
            Rate(label, int(row.sum()), share_of(float(row[1]), float(row.sum())))
            for label, row in zip(("known", "missing"), table, strict=True)
        )
        found.append(Absence(tuple(names), association(table.astype(np.float64)), missing, known))
    return tuple(found)


def _is_missing(series: pl.Series) -> NDArray[np.bool_]:
    return (series.fill_nan(None) if series.dtype.is_float() else series).is_null().to_numpy()
