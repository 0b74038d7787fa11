"""The table over time: rows and the target's rate by period, where a column of dates has few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets import ColumnFacts, ColumnKind, dates_of, holds_texts
from keepfit.evaluation import share_of
from keepfit.exploration.features import Rate

_MOST_PERIODS = 60
_WITHOUT_DAYS = (pl.Duration, pl.Time)


@dataclass(frozen=True, slots=True)
class Periods:
    """One column of dates.

    Attributes
    ----------
    column
        Its name.
    rates
        By period, the earliest first: rows, and how often the target is positive.
    """

    column: str
    rates: tuple[Rate, ...]


def by_period(frame: pl.DataFrame, columns: Sequence[ColumnFacts], labels: NDArray[np.int64]) -> tuple[Periods, ...]:
    """Return the target's rate by the dates of each column that has between 2 and 60 of them.

    Parameters
    ----------
    frame, columns
        The rows and the facts of their columns.
    labels
        Class 0 or 1 of each row, -1 without one, `(n_rows,)`.
    """
    found = []
    for facts in columns:
        if facts.kind is not ColumnKind.DATE or frame.schema.get(facts.name) in (None, *_WITHOUT_DAYS):
            continue
        rows = pl.DataFrame({"period": frame[facts.name].cast(pl.String), "label": labels})
        known = rows.filter(pl.col("label") >= 0).drop_nulls("period")
        if not 1 < known["period"].n_unique() <= _MOST_PERIODS:
            continue
        counts = known.group_by("period").agg(pl.len().alias("rows"), pl.col("label").sum()).sort("period")
        if holds_texts(frame[facts.name].dtype):
            counts = counts.sort(dates_of(counts["period"]), maintain_order=True)
        rates = (Rate(period, rows, share_of(positives, rows)) for period, rows, positives in counts.iter_rows())
        found.append(Periods(facts.name, tuple(rates)))
    return tuple(found)
