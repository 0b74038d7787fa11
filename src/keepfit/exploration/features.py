"""What each column says of the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.columns import ColumnFacts
from keepfit.evaluation import Estimate
from keepfit.exploration.associations import CodedColumn, association, contingency, rank_area

_TWO_SIDED = 1.959963984540054


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


def share_of(positives: float, rows: float) -> Estimate:
    """Return a share with Wilson's 95 % interval.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22, 209-212.
    """
    if not rows:
        return Estimate(np.nan, np.nan, np.nan)
    share, squared = positives / rows, _TWO_SIDED**2
    middle = (share + squared / (2 * rows)) / (1 + squared / rows)
    reach = _TWO_SIDED / (1 + squared / rows) * np.sqrt(share * (1 - share) / rows + squared / (4 * rows**2))
    return Estimate(float(share), float(max(middle - reach, 0.0)), float(min(middle + reach, 1.0)))
