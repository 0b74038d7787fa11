"""The rows that are kept to be learnt again: the newest, or a sample of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Labels, Matrix

Keep = Literal["newest", "sample"]


@dataclass(frozen=True, slots=True)
class KeptRows:
    """Rows, the oldest first.

    Attributes
    ----------
    matrix, labels
        The rows from the door `(n_rows, n_features)`, and their classes 0 or 1 `(n_rows,)`.
    numbers
        Which rows of all that ever came they are, `(n_rows,)`, rising.
    seen
        How many came.
    """

    matrix: Matrix
    labels: Labels
    numbers: NDArray[np.int64]
    seen: int

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(cls, matrix: Matrix, labels: Labels) -> KeptRows:
        """Return the first rows that came, all of them."""
        return cls(matrix, labels, np.arange(len(labels)), len(labels))

    @classmethod
    def from_state(cls, state: Mapping[str, NDArray[Any]]) -> KeptRows:
        """Rebuild them from `state`'s form."""
        return cls(state["matrix"], state["labels"], state["numbers"], int(state["seen"]))

    def state(self) -> dict[str, NDArray[Any]]:
        """Return them as arrays by name."""
        seen = np.array(self.seen, dtype=np.int64)
        return {"matrix": self.matrix, "labels": self.labels, "numbers": self.numbers, "seen": seen}

    def newest(self, rows: int) -> KeptRows:
        """Return the last rows alone; what was seen before is forgotten, as if it had never come."""
        dropped = max(len(self) - rows, 0)
        numbers = self.numbers[dropped:]
        first = int(numbers[0]) if dropped and len(numbers) else 0
        return KeptRows(self.matrix[dropped:], self.labels[dropped:], numbers - first, self.seen - first)

    def limited(self, most: int, keep: Keep, seed: int) -> KeptRows:
        """Return so many of them at the most: the newest, or by chance.

        Parameters
        ----------
        most
            How many.
        keep
            Which.
        seed
            Of the chance; what is drawn follows from it and from how many rows came.
        """
        if len(self) <= most:
            return self
        if keep == "newest":
            return KeptRows(self.matrix[-most:], self.labels[-most:], self.numbers[-most:], self.seen)
        chosen = np.sort(np.random.default_rng([seed, self.seen]).permutation(len(self))[:most])
        return KeptRows(self.matrix[chosen], self.labels[chosen], self.numbers[chosen], self.seen)

    def with_batch(self, matrix: Matrix, labels: Labels, most: int, keep: Keep, seed: int) -> KeptRows:
        """Return them with a batch behind them, so many at the most.

        Of a sample, each row that ever came is in it with the same chance: of a batch so many rows are taken as the
        batch's share of all rows allots, by a draw without replacement, and as many of the older ones are let go.

        References
        ----------
        Vitter, J. S. (1985). Random sampling with a reservoir. ACM Transactions on Mathematical Software 11, 37-57.
        """
        numbers = np.arange(self.seen, self.seen + len(labels))
        seen = self.seen + len(labels)
        whole = KeptRows(
            np.concatenate([self.matrix, matrix]),
            np.concatenate([self.labels, labels]),
            np.concatenate([self.numbers, numbers]),
            seen,
        )
        if keep == "newest" or len(whole) <= most:
            return whole.limited(most, "newest", seed)
        rng = np.random.default_rng([seed, seen])
        taken = int(rng.hypergeometric(len(labels), self.seen, min(most, seen)))
        old = np.sort(rng.permutation(len(self))[: most - taken])
        new = len(self) + np.sort(rng.permutation(len(labels))[:taken])
        chosen = np.concatenate([old, new])
        return KeptRows(whole.matrix[chosen], whole.labels[chosen], whole.numbers[chosen], seen)
