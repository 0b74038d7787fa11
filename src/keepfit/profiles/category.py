"""The profile of a category: a count for each label, or for the most frequent ones and for buckets of all others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import starmap
from operator import add
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from keepfit.profiles.number import Times, Values, scaled_counts

MOST_LABELS = 200
_NAMED, BUCKETS = 100, 64
_HASH, _HASH_BITS = 2654435769, 32  # 2^32 divided by the golden ratio


@dataclass(frozen=True, slots=True)
class CategoryProfile:
    """Counts of a category, or of a flag.

    Attributes
    ----------
    name
        The column.
    labels
        Those that are counted one by one: the vocabulary in code order, or the most frequent of a large one.
    counts
        Rows by label.
    unseen
        Rows with a value outside of the vocabulary.
    missing
        Rows without a value.
    seen_once, seen_twice
        Labels with one row, and with two: what Good-Turing judges the unseen mass of a reference by, and its error.
    codes
        The codes of the labels, where the vocabulary is a large one; empty where they are 0, 1, 2, …
    buckets
        Rows of all other labels of a large vocabulary, by the hash of their code.
    vocabulary
        How many labels there are in all.

    References
    ----------
    Knuth, D. E. (1998). The Art of Computer Programming, volume 3, section 6.4 (multiplicative hashing).
    """

    name: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    unseen: int
    missing: int
    seen_once: int = 0
    seen_twice: int = 0
    codes: tuple[int, ...] = ()
    buckets: tuple[int, ...] = ()
    vocabulary: int = 0

    @property
    def known(self) -> int:
        """Rows with a value, known or unseen."""
        return sum(self.levels)

    @property
    def rows(self) -> int:
        """Rows with a value or without."""
        return self.known + self.missing

    @property
    def levels(self) -> tuple[int, ...]:
        """Rows by label, then by bucket, then of unseen values."""
        return (*self.counts, *self.buckets, self.unseen)

    @property
    def hashed(self) -> NDArray[np.float64]:
        """Rows of known labels by the hash of their code, whether they are counted one by one or not.

        Which labels are together does not depend on how frequent they were, and so the shares of a window are those of
        the reference when nothing has changed. The most frequent of many labels are less frequent in any other sample.
        """
        found = np.array(self.buckets, dtype=np.float64)
        np.add.at(found, _bucket_of(np.array(self.codes, dtype=np.uint64)), np.array(self.counts, dtype=np.float64))
        return found

    @property
    def places(self) -> NDArray[np.intp]:
        """The level of each code of the vocabulary, `(vocabulary,)`."""
        return _places(self.codes, self.vocabulary)[:-1] if self.codes else np.arange(self.vocabulary)

    def code(self, place: int) -> int:
        """Return the code of the label at a place."""
        return self.codes[place] if self.codes else place

    def count(self, values: Values, times: Times | None = None) -> CategoryProfile:
        """Return the profile of other codes of the same vocabulary.

        Parameters
        ----------
        values
            NaN where one is missing, `(n_values,)`.
        times
            How many rows have each, `(n_values,)`; None for one each.
        """
        codes = _known_codes(values, self.vocabulary)
        if self.codes:
            codes = _places(self.codes, self.vocabulary)[codes]
        known = None if times is None else times[~np.isnan(values)]
        counted = _row_counts(codes, len(self.levels), known).tolist()
        named = len(self.labels)
        return CategoryProfile(
            self.name,
            self.labels,
            tuple(counted[:named]),
            counted[-1],
            (len(values) if times is None else int(times.sum())) - sum(counted),
            codes=self.codes,
            buckets=tuple(counted[named:-1]),
            vocabulary=self.vocabulary,
        )

    def merged(self, other: CategoryProfile) -> CategoryProfile:
        """Return the profile of both sets of values together; which labels were seen once is not known of it.

        Raises
        ------
        ValueError
            When the vocabulary is another.
        """
        if (self.labels, self.codes, self.vocabulary) != (other.labels, other.codes, other.vocabulary):
            raise ValueError(f"{self.name} was counted along another vocabulary")
        return CategoryProfile(
            self.name,
            self.labels,
            tuple(starmap(add, zip(self.counts, other.counts, strict=True))),
            self.unseen + other.unseen,
            self.missing + other.missing,
            codes=self.codes,
            buckets=tuple(starmap(add, zip(self.buckets, other.buckets, strict=True))),
            vocabulary=self.vocabulary,
        )

    def scaled(self, factor: float) -> CategoryProfile:
        """Return it with every count multiplied."""
        levels, named = scaled_counts(self.levels, factor), len(self.counts)
        return replace(
            self,
            counts=levels[:named],
            buckets=levels[named:-1],
            unseen=levels[-1],
            missing=round(self.missing * factor),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"kind": "category", **msgspec.to_builtins(self)}


def category_profile(name: str, labels: tuple[str, ...], values: Values) -> CategoryProfile:
    """Profile the reference codes of a category along its vocabulary.

    Of a vocabulary beyond two hundred labels the hundred most frequent ones are counted one by one, and all others in
    64 buckets: what a profile holds is bounded, whatever a column is.
    """
    vocabulary = len(labels)
    counts = np.bincount(_known_codes(values, vocabulary), minlength=vocabulary + 1)
    codes: tuple[int, ...] = ()
    if vocabulary > MOST_LABELS:
        codes = tuple(np.sort(np.argsort(-counts[:-1], kind="stable")[:_NAMED]).tolist())
        labels = tuple(labels[code] for code in codes)
    empty = CategoryProfile(
        name,
        labels,
        (0,) * len(labels),
        unseen=0,
        missing=0,
        codes=codes,
        buckets=(0,) * (BUCKETS if codes else 0),
        vocabulary=vocabulary,
    )
    counted = empty.count(values)
    once, twice = (int((counts[:-1] == rows).sum()) for rows in (1, 2))
    return replace(counted, seen_once=once, seen_twice=twice)


def _known_codes(values: Values, vocabulary: int) -> NDArray[np.int64]:
    """Return the codes of values that are not missing; all that are outside of the vocabulary have the same one."""
    return np.minimum(values[~np.isnan(values)].astype(np.int64), vocabulary)


def _places(codes: tuple[int, ...], vocabulary: int) -> NDArray[np.intp]:
    """Return the level of each code: its own, that of its bucket, or, of the unseen, the last."""
    places = np.append(len(codes) + _bucket_of(np.arange(vocabulary, dtype=np.uint64)), len(codes) + BUCKETS)
    places[list(codes)] = np.arange(len(codes))
    return places


def _bucket_of(codes: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the bucket that each code is hashed into."""
    hashed = (codes * np.uint64(_HASH)) % np.uint64(2**_HASH_BITS)
    return (hashed // np.uint64(2**_HASH_BITS // BUCKETS)).astype(np.intp)


def _row_counts(places: NDArray[np.int64] | NDArray[np.intp], levels: int, times: Times | None = None) -> Times:
    """Return how many rows each of so many levels has, `(levels,)`; `places` and `times` are as long as each other."""
    if times is None:
        return np.bincount(places, minlength=levels)
    counts = np.zeros(levels, dtype=np.int64)
    np.add.at(counts, places, times)  # whole numbers, whatever their size
    return counts
