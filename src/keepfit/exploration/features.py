"""What each column says of the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets import ColumnFacts
from keepfit.evaluation import Estimate, share_of
from keepfit.exploration.associations import Tested, association, contingency, rank_area
from keepfit.exploration.levels import LEAST_ROWS, CodedColumn, finite_values


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
    name
        The column.
    association
        Cramér's V with the target.
    area
        Of a number: the chance that a positive row has the greater value; None otherwise, and where a class has none.
    medians
        Of a number: its median among the negative and the positive rows; None where `area` is.
    rates
        Share of positives by level.
    extremes
        The levels where the target is most and least often positive: of enough rows, and values of their own. None
        where there are no two that differ.
    counts
        Rows by level, of the negative and of the positive class, `(2, n_levels)`.
    """

    name: str
    association: Tested
    area: Tested | None
    medians: tuple[float, float] | None
    rates: tuple[Rate, ...]
    extremes: tuple[Rate, Rate] | None
    counts: tuple[tuple[int, ...], tuple[int, ...]]


def describe_feature(series: pl.Series, facts: ColumnFacts, column: CodedColumn, target: CodedColumn) -> FeatureFacts:
    """Return what a column says of the target; rows that lack either are left out.

    Parameters
    ----------
    series, facts, column
        The column: its values, its facts and its levels.
    target
        The classes, 0 and 1.
    """
    table = contingency(column, target)
    area = medians = None
    if facts.kind.is_numeric:
        values, labels = finite_values(series), target.codes.astype(np.int8)
        found = rank_area(values[labels >= 0], labels[labels >= 0])
        if not np.isnan(found.value):
            area, medians = found, (_median(values[labels == 0]), _median(values[labels == 1]))
    levels = zip(column.labels, table, strict=True)
    rates = tuple(Rate(label, int(row.sum()), share_of(row[1], row.sum())) for label, row in levels)
    counts = (tuple(int(count) for count in table[:, 0]), tuple(int(count) for count in table[:, 1]))
    extremes = _extremes(rates[:-1] if column.has_rest else rates)
    return FeatureFacts(series.name, association(table), area, medians, rates, extremes, counts)


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values[~np.isnan(values)]))


def _extremes(rates: Sequence[Rate]) -> tuple[Rate, Rate] | None:
    known = [rate for rate in rates if rate.rows >= LEAST_ROWS]
    if not known:
        return None
    most, least = max(known, key=lambda rate: rate.rate.value), min(known, key=lambda rate: rate.rate.value)
    return (most, least) if most.rate.value > least.rate.value else None
