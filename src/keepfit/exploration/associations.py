"""How much two columns tell of each other, whatever their kinds; and how two numbers go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.chance import TWO_SIDED, chi_square_tail, holm, pearson_p
from keepfit.evaluation import Estimate
from keepfit.exploration.levels import CodedColumn

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Tested(Estimate):
    """An estimate with its 95 % interval, and the chance of one so far from nothing where there is nothing."""

    p_value: float


def corrected(tests: Sequence[Tested]) -> list[Tested]:
    """Return tests with the p-values that hold for all of them at once (Holm)."""
    adjusted = holm([test.p_value for test in tests])
    return [replace(test, p_value=p_value) for test, p_value in zip(tests, adjusted, strict=True)]


def contingency(first: CodedColumn, second: CodedColumn) -> Floats:
    """Count the rows by the levels of two columns, `(n_levels, n_levels)`; rows that lack either are left out."""
    known = (first.codes >= 0) & (second.codes >= 0)
    width = len(second.labels)
    cells = np.bincount(first.codes[known] * width + second.codes[known], minlength=len(first.labels) * width)
    return cells.reshape(len(first.labels), width).astype(np.float64)


def cramers_v(table: Floats) -> float:
    """Return Cramér's V of a contingency table, corrected for its bias; 0 for no association, 1 for a full one.

    References
    ----------
    Bergsma, W. (2013). A bias-correction for Cramér's V and Tschuprow's T. Journal of the Korean Statistical Society
    42(3), 323-328.
    """
    return _Pearson.of(table).value


def association(table: Floats) -> Tested:
    """Return bias-corrected Cramér's V with its 95 % interval and the p-value of Pearson's test.

    The interval holds the noncentralities under which Pearson's statistic would be neither too large nor too small.

    References
    ----------
    Steiger, J. H. and Fouladi, R. T. (1997). Noncentrality interval estimation and the evaluation of statistical
    models. In: Harlow, L. L., Mulaik, S. A. and Steiger, J. H., What if there were no significance tests?, 221-257.
    """
    pearson = _Pearson.of(table)
    if not pearson.scale > 0:
        return Tested(0.0, 0.0, 0.0, 1.0)
    low, high = (
        min(float(np.sqrt(_noncentrality(pearson, at) / pearson.total / pearson.scale)), 1.0)
        for at in (TWO_SIDED, -TWO_SIDED)
    )
    return Tested(pearson.value, low, high, pearson_p(table))


@dataclass(frozen=True, slots=True)
class _Pearson:
    """Pearson's statistic of a table, and what it takes to make Cramér's V of it; a scale of 0 where there is none."""

    statistic: float
    degrees: int
    total: float
    scale: float

    @classmethod
    def of(cls, table: Floats) -> _Pearson:
        table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
        total = float(table.sum())
        if min(table.shape) < 2 or total < 2:  # noqa: PLR2004 - nothing to associate
            return cls(0.0, 0, total, 0.0)
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
        rows, columns = table.shape
        smaller = min(rows - (rows - 1) ** 2 / (total - 1), columns - (columns - 1) ** 2 / (total - 1)) - 1
        statistic = float(((table - expected) ** 2 / expected).sum())
        return cls(statistic, (rows - 1) * (columns - 1), total, max(smaller, 0.0))

    @property
    def value(self) -> float:
        if not self.scale > 0:
            return 0.0
        phi = self.statistic / self.total - self.degrees / (self.total - 1)
        return float(np.sqrt(min(max(phi, 0.0) / self.scale, 1.0)))


def _noncentrality(pearson: _Pearson, normal: float) -> float:
    """Return the noncentrality under which the statistic is the quantile that a normal one is; 0 where none is."""
    low, high = 0.0, 4 * (pearson.statistic + pearson.degrees + 10)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _normal_score(pearson, middle) > normal else (low, middle)
    return low


def _normal_score(pearson: _Pearson, noncentrality: float) -> float:
    """Return about the standard normal quantile that a noncentral chi-square's value is; it falls with noncentrality.

    References
    ----------
    Sankaran, M. (1963). Approximations to the non-central chi-square distribution. Biometrika 50, 199-204; the third.
    """
    first, second, third = (pearson.degrees + step * noncentrality for step in (1, 2, 3))
    power = 1 - 2 * first * third / (3 * second**2)
    spread = second / first**2
    bend = (power - 1) * (1 - 3 * power)
    middle = 1 + power * spread * (power - 1 - (2 - power) * bend * spread / 2)
    scaled = (pearson.statistic / first) ** power
    return float((scaled - middle) / (power * np.sqrt(2 * spread) * (1 + bend * spread / 2)))


def rank_area(values: Floats, labels: NDArray[np.int8]) -> Tested:
    """Return the chance that a positive row has the greater value (ROC AUC of the column alone), with a 95 % interval.

    The p-value is that of the Mann-Whitney test, corrected for ties; all NaN where a class has no value.

    References
    ----------
    Hanley, J. A. and McNeil, B. J. (1982). The meaning and use of the area under a receiver operating characteristic
    (ROC) curve. Radiology 143(1), 29-36.
    """
    known = ~np.isnan(values)
    values, labels = values[known], labels[known]
    positives, rows = int(labels.sum()), len(labels)
    negatives = rows - positives
    if not positives or not negatives:
        return Tested(np.nan, np.nan, np.nan, 1.0)
    ranks = ranks_of(values)
    area = (float(ranks[labels == 1].sum()) - positives * (positives + 1) / 2) / (positives * negatives)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    error = float(np.sqrt(max(spread, 0.0) / (positives * negatives)))
    between = positives * negatives * rows * (area - 0.5) ** 2
    p_value = rank_p(between, float(((ranks - ranks.mean()) ** 2).sum()), rows, 1)
    return Tested(area, max(area - TWO_SIDED * error, 0.0), min(area + TWO_SIDED * error, 1.0), p_value)


def rank_correlation(first: Floats, second: Floats) -> Tested:
    """Return Spearman's rank correlation with its 95 % interval; all NaN where there is none.

    References
    ----------
    Bonett, D. G. and Wright, T. A. (2000). Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations. Psychometrika 65, 23-28.
    """
    known = ~(np.isnan(first) | np.isnan(second))
    rows = int(known.sum())
    if rows < 4 or np.ptp(first[known]) == 0 or np.ptp(second[known]) == 0:  # noqa: PLR2004 - no correlation
        return Tested(np.nan, np.nan, np.nan, 1.0)
    value = float(np.corrcoef(ranks_of(first[known]), ranks_of(second[known]))[0, 1])
    middle = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    reach = TWO_SIDED * np.sqrt((1 + value**2 / 2) / (rows - 3))
    return Tested(value, float(np.tanh(middle - reach)), float(np.tanh(middle + reach)), rank_p(value**2, 1.0, rows, 1))


def rank_p(between: float, whole: float, rows: int, degrees: int) -> float:
    """Return the chance that ranks differ so much between groups, or go so much together, where they do not.

    Parameters
    ----------
    between, whole
        Sum of squares that is explained, and that of all ranks.
    rows, degrees
        Ranks, and groups less one; 1 for a correlation.

    References
    ----------
    Kruskal, W. H. and Wallis, W. A. (1952). Use of ranks in one-criterion variance analysis. Journal of the American
    Statistical Association 47, 583-621.
    """
    return chi_square_tail((rows - 1) * between / whole, degrees) if whole > 0 else 1.0


def ranks_of(values: Floats) -> Floats:
    """Return ranks from 1, equal values with their mean rank."""
    return pl.Series(values).rank("average").to_numpy()
