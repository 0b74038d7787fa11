"""A table's file as the window of a check: its rows at the door, counted in the bins of the champion's reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.datasets.batches import TableBatches, batch_rows, open_batches
from keepfit.errors import MonitoringError
from keepfit.monitoring.observed_window import ObservedWindow, Stretch, joined, window_of
from keepfit.profiles import Profile, count_window
from keepfit.workflows.in_order import in_order
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.score_past import TablePast, table_past
from keepfit.workflows.windows.reader import WindowReader, window_reader

_STRETCHES = 20
_THREADS = 2  # one reads and counts while the other waits for the file


@dataclass(frozen=True, slots=True)
class FileWindow:
    """The rows of a file.

    Attributes
    ----------
    window
        Them, counted.
    matrix
        The rows whose label the file tells and that have a score, from the door, `(n_labelled, n_features)`.
    labels, probability
        Their classes 0 or 1, and the champion's probabilities, `(n_labelled,)`.
    unscored_labels
        How many rows have a label and no score.
    """

    window: ObservedWindow
    matrix: NDArray[np.float32]
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]
    unscored_labels: int


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A table's file, open as a window.

    Attributes
    ----------
    table, reader
        The file, and what makes numbers of its rows.
    past
        Of a panel, what the file's own months say of each row; None of another table, of one that holds it already, and
        of one that does not say whom a row is about.
    """

    table: TableBatches
    reader: WindowReader
    past: TablePast | None

    def frames(self, most_rows: int | None = None) -> Iterator[pl.DataFrame]:
        """Yield the rows in their order, so many at a time at the most."""
        columns, table = self.reader.columns(list(self.table.schema)), self.table
        rows = batch_rows(len(columns), texts=table.holds_texts)
        found = table.read(columns, rows=max(min(rows, most_rows or rows), 1))
        return self.past.beside(found) if self.past else found


def open_window(rooms: Rooms, path: Path, champion: Bundle, *, scores: bool = False) -> OpenWindow:
    """Open a table's file as a window of the champion's; see `file_window`.

    Raises
    ------
    DatasetError
        When the file cannot be read, lacks a column of the model, or holds one of another type; or when it is of a
        panel and is none.
    """
    data = rooms.project.data
    table = open_batches(path, separator=data.separator)
    missing_values = tuple(data.missing_values) if table.holds_texts else None
    past = _past(table, champion, missing_values, where=str(path))
    reader = window_reader(
        champion,
        {**table.schema, **(past.schema if past else {})},
        scores=scores,
        where=str(path),
        runs_pipelines=rooms.project.runs_pipelines,
        missing_values=missing_values,
    )
    return OpenWindow(table, reader, past)


def _past(
    table: TableBatches, champion: Bundle, missing_values: Sequence[str] | None, *, where: str
) -> TablePast | None:
    """Return what the months of a panel's file say of its rows; nothing of a file that says it itself, by numbers."""
    signature = champion.facts.signature
    says_it = any(column.is_past and column.name in table.schema for column in signature.columns)
    if signature.offers is None or (says_it and not table.holds_texts):
        return None
    return table_past(table, signature.offers, missing_values=missing_values, where=where)


def file_window(
    rooms: Rooms, path: Path, champion: Bundle, *, scores: bool = False, on_progress: Progress = no_progress
) -> FileWindow:
    """Count the rows of a CSV or Parquet file, in memory that does not grow with them but for those with a label.

    A column `probability` holds the scores that the rows were given. Without one the champion scores them where the
    file has the target, or when it is asked for. Of a panel the file's own months are the past of its rows, unless it
    is a Parquet file with columns for that; they are held at once.

    Raises
    ------
    DatasetError
        See `open_window`.
    MonitoringError
        When a value is none of its column's, or the file has no row.
    """
    opened = open_window(rooms, path, champion, scores=scores)
    return _counted(opened, Profile.from_dict(champion.profile), path, on_progress)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Some rows, counted, and those of them whose label is known: numbers, classes, scores; labels without a score."""

    stretch: Stretch
    matrix: NDArray[np.float32]
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]
    unscored_labels: int


def _counted(opened: OpenWindow, reference: Profile, path: Path, on_progress: Progress) -> FileWindow:
    table, reader = opened.table, opened.reader
    stretch_rows = -(-table.rows // _STRETCHES)

    def count(batch: tuple[int, pl.DataFrame]) -> _Counted:
        first, frame = batch
        matrix, probability, labels = reader.read(frame, first)
        stretch = Stretch(count_window(reference, matrix, probability, labels))
        has_label, has_score = labels >= 0, ~np.isnan(probability)
        known, unscored = has_label & has_score, int((has_label & ~has_score).sum())
        return _Counted(stretch, matrix[known], labels[known], probability[known], unscored)

    stretches: list[Stretch] = []
    kept: list[_Counted] = []
    done, left = 0, 0
    for _, part in in_order(count, _numbered(opened.frames(stretch_rows)), _THREADS):
        if left > 0:
            stretches[-1] = joined(stretches[-1], part.stretch)
        else:
            stretches.append(part.stretch)
            left = stretch_rows
        left -= part.stretch.profile.rows
        done += part.stretch.profile.rows
        kept.append(part)
        on_progress("count rows", done, max(table.rows, done))
    if not done:
        raise MonitoringError("has no row", where=str(path), hint="name a file with the rows to be checked")
    return FileWindow(
        window_of(path.name, stretches, stretches[0].profile),
        np.concatenate([part.matrix for part in kept]),
        np.concatenate([part.labels for part in kept]),
        np.concatenate([part.probability for part in kept]),
        sum(part.unscored_labels for part in kept),
    )


def _numbered(frames: Iterable[pl.DataFrame]) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield frames with the number of their first row in the file, from 0."""
    first = 0
    for frame in frames:
        yield first, frame
        first += frame.height
