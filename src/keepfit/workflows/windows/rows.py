"""The rows behind a check as numbers, for what looks at rows instead of profiles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.datasets.batches import batch_rows
from keepfit.errors import DatasetError
from keepfit.journal import Journal, Window
from keepfit.scoring import HistoryReader, history_door
from keepfit.signature import Column, Signature
from keepfit.workflows.contest import holdout_obstacle
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.table_file import open_window


@dataclass(frozen=True, slots=True)
class WindowRows:
    """Rows from the door, `(n_rows, n_features)` each.

    Attributes
    ----------
    reference, window
        What taught the champion, and what it was asked.
    columns
        What they hold, in their order.
    """

    reference: Matrix
    window: Matrix
    columns: tuple[Column, ...]

    def without(self, names: Collection[str]) -> WindowRows:
        """Return them without some columns."""
        kept = [at for at, column in enumerate(self.columns) if column.name not in names]
        return WindowRows(self.reference[:, kept], self.window[:, kept], tuple(self.columns[at] for at in kept))


def reference_dataset(rooms: Rooms, champion: Bundle) -> Dataset:
    """Return the project's table as it taught a champion.

    Raises
    ------
    DatasetError
        When it is another table now, or other rows of it are held out.
    """
    dataset = load_dataset(rooms)
    obstacle = holdout_obstacle(dataset, champion)
    if obstacle:
        where = f"{dataset.source.name}, {dataset.source.origin}: {dataset.source.address}"
        hint = "put it back as it was, or train on this one with `keepfit train`"
        raise DatasetError(obstacle, where=where, hint=hint)
    return dataset


def taught_rows(dataset: Dataset, signature: Signature) -> Matrix:
    """Return the rows of the table that taught, through the door of what happened already."""
    return history_door(signature).table(dataset.frame[dataset.split.train.tolist()])


def journal_rows_asked(journal: Journal, window: Window, signature: Signature) -> Matrix:
    """Return the rows of a window of the journal, the newest first."""
    reader = HistoryReader(signature)
    parts = [reader.matrix(part.sent) for part in journal.parts(window)]
    return np.concatenate([reader.matrix(()), *parts])


def file_rows(rooms: Rooms, path: Path, champion: Bundle) -> Matrix:
    """Return the rows of a table's file; see `file_window` for what is refused."""
    table, reader = open_window(rooms, path, champion)
    columns, done, parts = reader.columns(list(table.schema)), 0, []
    for frame in table.read(columns, rows=batch_rows(len(columns), texts=table.holds_texts)):
        parts.append(reader.matrix(frame, done))
        done += frame.height
    return np.concatenate(parts)
