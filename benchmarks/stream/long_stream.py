"""A stream without end: wines drawn anew with a noise, and a column more than the table has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from wines import BATCH_ROWS, FIRST_ROWS, Rows, Table  # the file beside this one

from keepfit.arrays import Matrix
from keepfit.signature import Column, Kind, Signature

NOISE = 0.25
_TWELFTH = Column("hue", Kind.NUMBER, optional=False, minimum=-10.0, maximum=10.0)


class LongStream:
    """Rows of twelve features, as many as are asked for.

    Parameters
    ----------
    table
        Whose rows are drawn, with replacement; each value gets a noise of a quarter of its column's standard deviation.
    seed
        Of the draws.
    """

    def __init__(self, table: Table, seed: int) -> None:
        self._rows, self._rng = table.rows, np.random.default_rng(seed)
        self.signature: Signature = replace(table.signature, columns=(*table.signature.columns, _TWELFTH))
        self.begin = self._drawn(FIRST_ROWS)

    def batches(self, count: int) -> Iterator[Rows]:
        """Yield so many batches."""
        for _ in range(count):
            yield self._drawn(BATCH_ROWS)

    def _drawn(self, count: int) -> Rows:
        picked = self._rows[self._rng.integers(0, len(self._rows), size=count)]
        spread = self._rows.matrix.std(axis=0) * NOISE
        noisy = picked.matrix + self._rng.normal(size=picked.matrix.shape) * spread
        return Rows(_with_twelfth(noisy, self._rng), picked.labels, picked.wines)


def _with_twelfth(matrix: Matrix, rng: np.random.Generator) -> Matrix:
    return np.column_stack([matrix, rng.normal(size=len(matrix))]).astype(np.float32)
