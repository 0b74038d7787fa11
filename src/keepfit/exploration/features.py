"""What each column says of the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.columns import ColumnFacts
from keepfit.evaluation import Estimate, share_of
from keepfit.exploration.associations import CodedColumn, association, contingency, rank_area


@dataclass(frozen=True, slots=True)
class Rate:
    """How often the target is positive among the rows of a level, with its 95 % interval."""

    label: str
    rows: int
    rate: Estimate


@dataclass(frozen=True, slots=True)
class FeatureFacts:
    """A column against the target.

    Attributes
    ----------
    name, is_number
        The column, and whether its levels are of a number.
    association
        Cramér's V with the target.
    area
        Of a number: the chance that a positive row has the greater value; None otherwise.
    medians
        Of a number: its median among the negative and the positive rows; None otherwise.
    rates
        Share of positives by level.
    counts
        Rows by level, of the negative and of the positive class, `(2, n_levels)`.
    """

    name: str
    is_number: bool
    association: Estimate
    area: Estimate | None
    medians: tuple[float, float] | None
    rates: tuple[Rate, ...]
    counts: tuple[tuple[int, ...], tuple[int, ...]]


def describe_feature(
    series: pl.Series, facts: ColumnFacts, column: CodedColumn, target: CodedColumn, *, seed: int
) -> FeatureFacts:
    """Return what a column says of the target.

    Parameters
    ----------
    series, facts, column
        The column: its values, its facts and its levels.
    target
        The classes, 0 and 1.
    seed
        Seed of the interval's draws.
    """
    table = contingency(column, target)
    area = medians = None
    if facts.kind.is_numeric:
        values = series.cast(pl.Float64).to_numpy()
        labels = target.codes.astype(np.int8)
        area = rank_area(values, labels)
        medians = (_median(values[labels == 0]), _median(values[labels == 1]))
    levels = zip(column.labels, table, strict=True)
    rates = tuple(Rate(label, int(row.sum()), share_of(row[1], row.sum())) for label, row in levels)
    counts = (tuple(int(count) for count in table[:, 0]), tuple(int(count) for count in table[:, 1]))
    return FeatureFacts(series.name, column.is_ordered, association(table, seed=seed), area, medians, rates, counts)


def _median(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")
