"""How far a stream has learnt its source: each row of it is learnt once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from keepfit.arrays import Labels, Matrix

_MOST_KEYS = 100_000  # deliveries that are known again
_FEWEST_ROWS = 10  # of which one may say that a later delivery begins with them


@dataclass
class SourcePosition:
    """What of a source was learnt.

    Attributes
    ----------
    taken
        How many rows were learnt of a delivery that was left in its midst, by its key.
    whole
        Keys of those that were learnt to their end.
    beginnings
        Of these, how many rows each had, by the digest of its rows: a file that has grown, and lines that are sent
        again with more behind them, begin with them.
    place
        Where the journal is gone on with, in the source's own terms.
    """

    taken: dict[str, int] = field(default_factory=dict)
    whole: dict[str, None] = field(default_factory=dict)
    beginnings: dict[str, int] = field(default_factory=dict)
    place: Mapping[str, Any] | None = None

    def begin_of(self, key: str, matrix: Matrix, labels: Labels) -> int:
        """Return how many of a delivery's rows were learnt already: of itself, or of what it was before it grew."""
        if key in self.taken:
            return self.taken[key]
        known = sorted({rows for rows in self.beginnings.values() if rows <= len(labels)})
        digests = _digests(matrix, labels, known)
        return max((rows for rows in known if self.beginnings.get(digests[rows]) == rows), default=0)

    def note(self, key: str, rows: int) -> None:
        """Note that a delivery was learnt up to some row."""
        self.taken[key] = rows

    def note_whole(self, key: str, matrix: Matrix, labels: Labels, place: Mapping[str, Any] | None) -> None:
        """Note that a delivery was learnt to its end."""
        self.taken.pop(key, None)
        self.whole[key] = None
        self.place = place or self.place
        rows = len(labels)
        if place is None and rows >= _FEWEST_ROWS:  # each label of the journal is learnt once anyway
            self.beginnings[_digests(matrix, labels, [rows])[rows]] = rows
        for kept in (self.whole, self.beginnings):
            while len(kept) > _MOST_KEYS:
                del kept[next(iter(kept))]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "taken": dict(self.taken),
            "whole": list(self.whole),
            "beginnings": dict(self.beginnings),
            "place": dict(self.place) if self.place is not None else None,
        }

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> SourcePosition:
        """Rebuild it from `to_dict`'s form."""
        return cls(**{**facts, "whole": dict.fromkeys(facts["whole"])})


def _digests(matrix: Matrix, labels: Labels, lengths: list[int]) -> dict[int, str]:
    """Return SHA-256 of so many of the first rows with their labels, for each of the lengths, which rise."""
    cells = np.ascontiguousarray(matrix).view(np.uint8).reshape(len(matrix), matrix.shape[1] * matrix.itemsize)
    rows_of_bytes = np.column_stack([cells, labels.astype(np.uint8)])
    digest, done, found = hashlib.sha256(), 0, {}
    for rows in lengths:
        digest.update(rows_of_bytes[done:rows].tobytes())
        done, found[rows] = rows, digest.hexdigest()
    return found
