"""A table's file as the window of a check: its rows at the door, counted in the bins of the champion's reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def open_window(
    rooms: Rooms, path: Path, champion: Bundle, *, scores: bool = False
) -> tuple[TableBatches, WindowReader]:
    """Open a table's file as a window of the champion's; see `file_window`.

    Raises
    ------
    DatasetError
        When the file cannot be read, lacks a column of the model, or holds one of another type.
    """
    data = rooms.project.data
    table = open_batches(path, separator=data.separator)
    missing_values = tuple(data.missing_values) if table.holds_texts else None
    reader = window_reader(
        champion,
        table.schema,
        scores=scores,
        where=str(path),
        runs_pipelines=rooms.project.runs_pipelines,
        missing_values=missing_values,
    )
    return table, reader


def file_window(
    rooms: Rooms, path: Path, champion: Bundle, *, scores: bool = False, on_progress: Progress = no_progress
) -> FileWindow:
    """Count the rows of a CSV or Parquet file, in memory that does not grow with them but for those with a label.

    A column `probability` holds the scores that the rows were given. Without one the champion scores them where the
    file has the target, or when it is asked for.

    Raises
    ------
    DatasetError
        When the file cannot be read, lacks a column of the model, or holds one of another type.
    MonitoringError
        When a value is none of its column's, or the file has no row.
    """
    table, reader = open_window(rooms, path, champion, scores=scores)
    return _counted(table, reader, Profile.from_dict(champion.profile), path, on_progress)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Some rows, counted, and those of them whose label is known: numbers, classes, scores; labels without a score."""

    stretch: Stretch
    matrix: NDArray[np.float32]
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]
    unscored_labels: int


def _counted(
    table: TableBatches, reader: WindowReader, reference: Profile, path: Path, on_progress: Progress
) -> FileWindow:
    columns = reader.columns(list(table.schema))
    stretch_rows = -(-table.rows // _STRETCHES)
    rows = max(min(batch_rows(len(columns), texts=table.holds_texts), stretch_rows), 1)

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
    for _, part in in_order(count, _numbered(table.read(columns, rows=rows)), _THREADS):
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
