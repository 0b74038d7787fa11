"""The rows behind a check as numbers, for what looks at rows instead of profiles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle
from keepfit.datasets import Additions, Dataset
from keepfit.datasets.split import Split
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
    """Return the project's table as it taught a champion; of a panel, which grows, the months that taught it then.

    Raises
    ------
    DatasetError
        When it is another table now, or other rows of it are held out; of a panel when other rows of those months teach
        now, or their past is told otherwise.
    """
    dataset = load_dataset(rooms)
    obstacle = holdout_obstacle(dataset, champion)
    if not obstacle and dataset.additions is not None:
        dataset = _until(dataset, dataset.additions, champion.facts.lineage.taught_until)
        obstacle = _panel_obstacle(dataset, champion)
    if obstacle:
        where = f"{dataset.source.name}, {dataset.source.origin}: {dataset.source.address}"
        hint = "put it back as it was, or train on this one with `keepfit train`"
        raise DatasetError(obstacle, where=where, hint=hint)
    return dataset


def _until(dataset: Dataset, additions: Additions, last: str) -> Dataset:
    """Return a panel's dataset with the months up to one alone to teach: what came since has not taught."""
    names = np.array(additions.month_names)
    train = dataset.split.train
    return replace(dataset, split=Split(train[names[additions.months[train]] <= last], dataset.split.holdout))


def _panel_obstacle(dataset: Dataset, champion: Bundle) -> str:
    """Return why the rows of a panel that teach up to a champion's last month are not those that taught it."""
    facts, then, now = champion.facts, champion.facts.signature.offers, dataset.signature.offers
    assert then is not None and now is not None  # noqa: S101, PT018 - of recommenders
    if (then.panel.products, then.panel.lags, then.panel.memory) != (
        now.panel.products,
        now.panel.lags,
        now.panel.memory,
    ):
        return f"[panel] tells the past otherwise than to v{facts.version} (products, lags or memory have changed)"
    rows = len(dataset.split.train)
    if rows != facts.lineage.rows:
        until = facts.lineage.taught_until
        return f"{rows} rows teach up to {until} now, and v{facts.version} has learnt of {facts.lineage.rows}"
    return ""


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
    opened = open_window(rooms, path, champion)
    done, parts = 0, []
    for frame in opened.frames():
        parts.append(opened.reader.matrix(frame, done))
        done += frame.height
    return np.concatenate(parts)
