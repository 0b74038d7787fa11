"""The red wines as a stream: which begin the models, and which come after in batches."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Labels, Matrix
from keepfit.datasets import fetch_table, prepare_dataset
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.scoring import history_door
from keepfit.signature import Signature

FIRST_ROWS = 400
BATCH_ROWS = 100
NOISE = 0.05
_DATA = DataSection(source="wine-red", target="quality", positive_above=6.5)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows.

    Attributes
    ----------
    matrix, labels
        From the door `(n_rows, n_features)`, and their classes 0 or 1 `(n_rows,)`.
    wines
        Which wine each is, `(n_rows,)`: rows that repeat each other are one wine.
    """

    matrix: Matrix
    labels: Labels
    wines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice | NDArray[np.int64]) -> Rows:
        return Rows(self.matrix[chosen], self.labels[chosen], self.wines[chosen])

    def batches(self) -> Iterator[Rows]:
        """Yield them in batches; the last may be smaller."""
        for begin in range(0, len(self), BATCH_ROWS):
            yield self[begin : begin + BATCH_ROWS]

    def followed_by(self, other: Rows) -> Rows:
        """Return both, one behind the other."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in ("matrix", "labels", "wines"))
        return Rows(*(np.concatenate(pair) for pair in pairs))


@dataclass(frozen=True, slots=True)
class Table:
    """The table: its columns, its rows, and where it came from."""

    signature: Signature
    rows: Rows
    origin: str

    def without_repeats(self) -> Table:
        """Return it with the first of the rows that repeat each other."""
        _, first = np.unique(self.rows.wines, return_index=True)
        return Table(self.signature, self.rows[np.sort(first)], self.origin)


@dataclass(frozen=True, slots=True)
class Stream:
    """What each model begins with, and what comes then; from some batch on it may be shifted."""

    begin: Rows
    batches: tuple[Rows, ...]


def read_table() -> Table:
    """Read the table as a project would; without the real one it is its twin, and `origin` says so."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = fetch_table(_DATA, folder=folder, cache=folder, seed=0)
    dataset = prepare_dataset(table, _DATA, SplitSection(), RequestSection(), seed=0)
    matrix = history_door(dataset.signature).table(dataset.frame)
    _, wines = np.unique(np.column_stack([matrix, dataset.target]), axis=0, return_inverse=True)
    return Table(dataset.signature, Rows(matrix, dataset.target, wines), str(dataset.source.origin))


def shuffled(rows: Rows, seed: int) -> Stream:
    """Return the rows in the order of a shuffle."""
    order = np.random.default_rng(seed).permutation(len(rows))
    return Stream(rows[order[:FIRST_ROWS]], tuple(rows[order[FIRST_ROWS:]].batches()))


def seen_again(rows: Rows, seed: int) -> Rows:
    """Return the rows in another shuffle, with a noise of a twentieth of each column's standard deviation."""
    rng = np.random.default_rng([seed, 1])
    again = rows[rng.permutation(len(rows))]
    noise = rng.normal(size=again.matrix.shape) * NOISE * rows.matrix.std(axis=0)
    return Rows((again.matrix + noise).astype(np.float32), again.labels, again.wines)
