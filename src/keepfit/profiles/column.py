"""The profile of one column: a number's bins, or a category's counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NumberProfile:
    """Counts and sums of a number in bins between reference quantiles.

    With the sum beside the count the Wasserstein distance of two profiles is exact in every bin that their
    distribution functions do not cross in, long tails included.

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
    def mean(self) -> float:
        """Mean of the values, NaN where there is none."""
        return sum(self.sums) / self.known if self.known else float("nan")

    @property
    def deviation(self) -> float:
        """Standard deviation of the values (of the population), NaN where there is none."""
        if not self.known:
            return float("nan")
        return float(np.sqrt(max(self.squares / self.known - self.mean**2, 0.0)))

    def count(self, values: Values) -> NumberProfile:
        """Return the profile of other values in the same bins."""
        return replace(_count_numbers(self.name, np.array(self.edges), values), is_date=self.is_date)

    def merged(self, other: NumberProfile) -> NumberProfile:
        """Return the profile of both sets of values together."""
        _require(self.edges == other.edges, self.name)
        lows = [edge for edge in (self.minimum, other.minimum) if edge is not None]
        highs = [edge for edge in (self.maximum, other.maximum) if edge is not None]
        return NumberProfile(
            self.name,
            self.edges,
            _add(self.counts, other.counts),
            tuple(a + b for a, b in zip(self.sums, other.sums, strict=True)),
            self.squares + other.squares,
            self.missing + other.missing,
            min(lows, default=None),
            max(highs, default=None),
            self.is_date,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"kind": "number", **asdict(self)}


@dataclass(frozen=True, slots=True)
class CategoryProfile:
    """Counts of a category, or of a flag.

    Attributes
    ----------
    name
        The column.
    labels
        The vocabulary in code order.
    counts
        Rows by label.
    unseen
        Rows with a value outside of the vocabulary.
    missing
        Rows without a value.
    """

    name: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    unseen: int
    missing: int

    @property
    def known(self) -> int:
        """Rows with a value, known or unseen."""
        return sum(self.counts) + self.unseen

    @property
    def seen_once(self) -> int:
        """Labels with a single row: what Good-Turing judges the unseen mass by."""
        return sum(count == 1 for count in self.counts)

    def count(self, values: Values) -> CategoryProfile:
        """Return the profile of other codes of the same vocabulary."""
        return _count_codes(self.name, self.labels, values)

    def merged(self, other: CategoryProfile) -> CategoryProfile:
        """Return the profile of both sets of values together."""
        _require(self.labels == other.labels, self.name)
        return CategoryProfile(
            self.name,
            self.labels,
            _add(self.counts, other.counts),
            self.unseen + other.unseen,
            self.missing + other.missing,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"kind": "category", **asdict(self)}


ColumnProfile = NumberProfile | CategoryProfile


def number_profile(name: str, values: Values, bins: int, *, is_date: bool = False) -> NumberProfile:
    """Profile the reference values of a number: `bins` bins of about equal count, fewer where values repeat."""
    known = values[~np.isnan(values)].astype(np.float64)
    levels = np.arange(1, bins) / bins
    edges = np.unique(np.quantile(known, levels, method="inverted_cdf")) if len(known) else np.empty(0)
    return replace(_count_numbers(name, edges, values), is_date=is_date)


def category_profile(name: str, labels: tuple[str, ...], values: Values) -> CategoryProfile:
    """Profile the codes of a category along its vocabulary."""
    return _count_codes(name, labels, values)


def column_from_dict(facts: Mapping[str, Any]) -> ColumnProfile:
    """Rebuild a column's profile from `to_dict`'s form."""
    parts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return (NumberProfile if parts.pop("kind") == "number" else CategoryProfile)(**parts)


def level_counts(profile: ColumnProfile) -> NDArray[np.float64]:
    """Return counts by bin of a number, or by label of a category with the unseen last."""
    counts = profile.counts if isinstance(profile, NumberProfile) else (*profile.counts, profile.unseen)
    return np.array(counts, dtype=np.float64)


def _count_numbers(name: str, edges: NDArray[np.float64], values: Values) -> NumberProfile:
    known = values[~np.isnan(values)].astype(np.float64)
    bins = np.searchsorted(edges, known, side="left")
    counts = np.bincount(bins, minlength=len(edges) + 1)
    sums = np.bincount(bins, weights=known, minlength=len(edges) + 1)
    return NumberProfile(
        name,
        tuple(edges.tolist()),
        tuple(counts.tolist()),
        tuple(sums.tolist()),
        float((known**2).sum()),
        len(values) - len(known),
        float(known.min()) if len(known) else None,
        float(known.max()) if len(known) else None,
    )


def _count_codes(name: str, labels: tuple[str, ...], values: Values) -> CategoryProfile:
    known = values[~np.isnan(values)].astype(np.int64)
    counts = np.bincount(np.minimum(known, len(labels)), minlength=len(labels) + 1)
    return CategoryProfile(name, labels, tuple(counts[:-1].tolist()), int(counts[-1]), len(values) - len(known))


def _add(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _require(fits: bool, name: str) -> None:
    if not fits:
        raise ValueError(f"the profiles of {name} have other bins")
