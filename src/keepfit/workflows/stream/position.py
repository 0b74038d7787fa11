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
        How many rows were learnt of a delivery, by the digest of these rows: a file that has grown, and lines that are
        sent again with more behind them, begin with them.
    place
        Where the journal is gone on with, in the source's own terms.
    """

    taken: dict[str, int] = field(default_factory=dict)
    whole: dict[str, None] = field(default_factory=dict)
    beginnings: dict[str, int] = field(default_factory=dict)
    place: Mapping[str, Any] | None = None
    _running: _RunningDigest | None = field(default=None, repr=False, compare=False)

    def begin_of(self, key: str, matrix: Matrix, labels: Labels) -> int:
        """Return how many of a delivery's rows were learnt already: of itself, or of what it was before it grew."""
        if key in self.taken:
            return self.taken[key]
        digest, found = _RunningDigest(key), 0
        for rows in sorted({rows for rows in self.beginnings.values() if rows <= len(labels)}):
            digest.go_on(matrix, labels, rows)
            found = rows if self.beginnings.get(digest.told()) == rows else found
        return found

    def note(self, key: str, rows: int, matrix: Matrix, labels: Labels, place: Mapping[str, Any] | None = None) -> None:
        """Note that a delivery was learnt up to some row, of which the last is its end."""
        if place is None:  # each label of the journal is learnt once anyway
            self._note_beginning(key, rows, matrix, labels)
        if rows < len(labels):
            self.taken[key] = rows
            return
        self.taken.pop(key, None)
        self.place = place or self.place
        if place is None:
            self.whole[key] = None
        for kept in (self.whole, self.beginnings):
            while len(kept) > _MOST_KEYS:
                del kept[next(iter(kept))]

    def _note_beginning(self, key: str, rows: int, matrix: Matrix, labels: Labels) -> None:
        """Put the digest of the learnt rows in the place of the shorter one of the same delivery."""
        if self._running is None or self._running.key != key or self._running.rows > rows:
            self._running = _RunningDigest(key)
            self._running.go_on(matrix, labels, self.taken.get(key, 0))
        self.beginnings.pop(self._running.told(), None)
        self._running.go_on(matrix, labels, rows)
        if rows >= _FEWEST_ROWS:
            self.beginnings[self._running.told()] = rows

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


class _RunningDigest:
    """SHA-256 of the first rows of a delivery with their labels, which goes on as they are learnt."""

    def __init__(self, key: str) -> None:
        self.key, self.rows = key, 0
        self._digest = hashlib.sha256()

    def go_on(self, matrix: Matrix, labels: Labels, rows: int) -> None:
        """Take the rows up to a number, from where it is."""
        part = np.ascontiguousarray(matrix[self.rows : rows])
        cells = part.view(np.uint8).reshape(len(part), part.shape[1] * part.itemsize)
        self._digest.update(np.column_stack([cells, labels[self.rows : rows].astype(np.uint8)]).tobytes())
        self.rows = rows

    def told(self) -> str:
        """Return it, hexadecimal."""
        return self._digest.hexdigest()
