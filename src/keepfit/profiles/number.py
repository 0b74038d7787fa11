"""The profile of a number: counts and sums in bins between reference quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from operator import add
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats

Values = NDArray[np.float32] | NDArray[np.float64]
Times = NDArray[np.int64]
BINS = 160
_ROUNDING = 1e-13  # of a variance, by the squared mean: a few of the last digits that float32 has
_TAILS = np.power(0.5, np.arange(6.0, 15.0, 0.5))


@dataclass(frozen=True, slots=True)
class NumberProfile:
    """Counts and sums of a number in bins between reference quantiles.

    With the sum beside the count it is known where in a bin its values lie: the Wasserstein distance of two profiles is
    exact in every bin that their distribution functions do not cross in, long tails included.

    Attributes
    ----------
    name
        The column.
    edges
        Inner edges, ascending: bin i holds values above edge i-1 up to and including edge i.
    counts, sums
        Values and their sum by bin, one more than there are edges.
    squares
        Sum of the squared values, for the standard deviation.
    missing
        Rows without a value.
    minimum, maximum
        Least and greatest value; None where there is none.
    is_date
        Whether the values are days since 1970-01-01, to be shown as dates.
    """

    name: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    sums: tuple[float, ...]
    squares: float
    missing: int
    minimum: float | None
    maximum: float | None
    is_date: bool = False

    @property
    def known(self) -> int:
        """Rows with a value."""
        return sum(self.counts)

    @property
    def rows(self) -> int:
        """Rows with a value or without."""
        return self.known + self.missing

    @property
    def mean(self) -> float:
        """Mean of the values, NaN where there is none."""
        return sum(self.sums) / self.known if self.known else float("nan")

    @property
    def deviation(self) -> float:
        """Standard deviation of the values (of the population), NaN where there is none; 0 where it is rounding."""
        if not self.known:
            return float("nan")
        variance = self.squares / self.known - self.mean**2
        return float(np.sqrt(variance)) if variance > _ROUNDING * self.mean**2 else 0.0

    @property
    def levels(self) -> tuple[int, ...]:
        """Values by bin."""
        return self.counts

    def count(self, values: Values, times: Times | None = None) -> NumberProfile:
        """Return the profile of other values in the same bins.

        Parameters
        ----------
        values
            NaN where one is missing, `(n_values,)`.
        times
            How many rows have each, `(n_values,)`; None for one each.
        """
        return replace(_counted(self.name, np.array(self.edges), values, times), is_date=self.is_date)

    def merged(self, other: NumberProfile) -> NumberProfile:
        """Return the profile of both sets of values together.

        Raises
        ------
        ValueError
            When the bins are others.
        """
        if self.edges != other.edges:
            raise ValueError(f"{self.name} was counted in other bins")
        lows = [edge for edge in (self.minimum, other.minimum) if edge is not None]
        highs = [edge for edge in (self.maximum, other.maximum) if edge is not None]
        return NumberProfile(
            self.name,
            self.edges,
            tuple(starmap(add, zip(self.counts, other.counts, strict=True))),
            tuple(starmap(add, zip(self.sums, other.sums, strict=True))),
            self.squares + other.squares,
            self.missing + other.missing,
            min(lows, default=None),
            max(highs, default=None),
            self.is_date,
        )

    def scaled(self, factor: float) -> NumberProfile:
        """Return it with every count multiplied; the mean of each bin and the extremes stay."""
        counts = scaled_counts(self.counts, factor)
        sums = (total / max(old, 1) * new for total, old, new in zip(self.sums, self.counts, counts, strict=True))
        return replace(
            self,
            counts=counts,
            sums=tuple(sums),
            squares=self.squares * sum(counts) / max(self.known, 1),
            missing=round(self.missing * factor),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"kind": "number", **msgspec.to_builtins(self)}


def scaled_counts(counts: Sequence[int], factor: float) -> tuple[int, ...]:
    """Return counts multiplied and rounded, so that each sum of the first of them is off by less than one."""
    return tuple(np.diff(np.rint(np.cumsum(np.array(counts)) * factor), prepend=0.0).astype(np.int64).tolist())


def number_profile(
    name: str, values: Values, bins: int = BINS, *, is_date: bool = False, extra_edges: Sequence[float] = ()
) -> NumberProfile:
    """Profile the reference values of a number.

    Parameters
    ----------
    name
        The column.
    values
        Its values, NaN where one is missing, `(n_rows,)`.
    bins
        Bins at the most: of about equal count, and narrower ones in the tails; two more are for what lies beyond. Where
        values repeat there are fewer of them: then every value ends a bin of its own if there are few enough, and wide
        gaps between the edges are cut.
    is_date
        Whether they are days.
    extra_edges
        Edges that there must be.
    """
    known = values[~np.isnan(values)].astype(np.float64)
    ends = _ends(known, bins)
    edges = np.union1d(np.concatenate([_below(values), ends]), np.array(extra_edges, dtype=np.float64))
    return replace(_counted(name, edges, values), is_date=is_date)


def _below(values: Values) -> list[float]:
    """Return the largest number below all values, of their own precision; none where there is no smaller one."""
    least = np.fmin.reduce(values, initial=np.inf)
    is_bounded = np.finfo(values.dtype).min < least < np.inf
    return [float(np.nextafter(least, values.dtype.type(-np.inf)))] if is_bounded else []


def _ends(known: Floats, bins: int) -> Floats:
    """Return the values that end bins, the greatest among them: what lies beyond the reference has bins of its own."""
    if not len(known):
        return np.empty(0)
    distinct = np.unique(known)
    if len(distinct) <= bins:
        ends = distinct
    else:
        quantiles = np.quantile(known, _levels(bins), method="inverted_cdf")
        ends = np.unique(np.append(quantiles, distinct[-1]))
    spare = bins - len(ends)
    if spare > 0 and len(ends) > 1:
        ends = _with_gaps_cut(ends, spare)
    return ends


def _levels(bins: int) -> Floats:
    """Return the levels of the quantiles: even ones, and ever finer ones in the tails, where values lie far apart."""
    even = bins - 2 * len(_TAILS)
    return np.union1d(np.arange(1, even) / even, np.append(_TAILS, 1 - _TAILS))


def _with_gaps_cut(ends: Floats, spare: int) -> Floats:
    """Cut gaps between edges by their widths, with so many further edges at the most."""
    gaps = np.diff(ends)
    cuts = (spare * gaps / gaps.sum()).astype(np.int64)
    parts = [np.linspace(ends[at], ends[at + 1], cuts[at] + 2)[:-1] for at in range(len(gaps))]
    return np.unique(np.concatenate([*parts, ends[-1:]]))


def _counted(name: str, edges: Floats, values: Values, times: Times | None = None) -> NumberProfile:
    """Count values; they are sorted first, which takes less than to look for the bin of each."""
    if times is None:
        ordered = np.sort(values)  # what is missing comes last
        return _counted_in_order(name, edges, ordered, np.arange(len(values) + 1), None)
    order = np.argsort(values)
    before = np.concatenate([[0], np.cumsum(times[order])])
    return _counted_in_order(name, edges, values[order], before, times[order])


def _counted_in_order(
    name: str, edges: Floats, ordered: NDArray[Any], before: Times, times: Times | None
) -> NumberProfile:
    """Count values in their order; `before` says how many rows are before each, and in all, `(n_values + 1,)`."""
    known = ordered[: len(ordered) - int(np.isnan(ordered).sum())].astype(np.float64)
    weighted = known if times is None else known * times[: len(known)]
    ends = np.concatenate([[0], np.searchsorted(known, edges, side="right"), [len(known)]])
    is_held = ends[1:] > ends[:-1]
    sums = np.zeros(len(edges) + 1)
    sums[is_held] = np.add.reduceat(weighted, ends[:-1][is_held]) if len(known) else 0.0
    return NumberProfile(
        name,
        tuple(edges.tolist()),
        tuple(np.diff(before[ends]).tolist()),
        tuple(sums.tolist()),
        float(weighted @ known),
        int(before[-1] - before[len(known)]),
        float(known[0]) if len(known) else None,
        float(known[-1]) if len(known) else None,
    )
