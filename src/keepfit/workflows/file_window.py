"""A table's file as the window of a check: its rows at the door, counted in the bins of the champion's reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.datasets.batches import TableBatches, batch_rows, open_batches
from keepfit.errors import MonitoringError
from keepfit.monitoring.observed import ObservedWindow, Stretch, joined, observed
from keepfit.profiles import Profile, count_window
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.window_rows import WindowRows, window_rows

_STRETCHES = 20


@dataclass(frozen=True, slots=True)
class FileWindow:
    """The rows of a file.

    Attributes
    ----------
    window
        Them, counted.
    matrix
        The rows whose label the file tells, from the door, `(n_labelled, n_features)`.
    labels, probability
        Their classes 0 or 1, and the champion's probabilities, `(n_labelled,)`.
    """

    window: ObservedWindow
    matrix: NDArray[np.float32]
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]


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
    data = rooms.project.data
    table = open_batches(path, separator=data.separator)
    missing_values = tuple(data.missing_values) if table.holds_texts else None
    reader = window_rows(
        champion,
        table.schema,
        scores=scores,
        where=str(path),
        runs_pipelines=rooms.project.runs_pipelines,
        missing_values=missing_values,
    )
    return _counted(table, reader, Profile.from_dict(champion.profile), path, on_progress)


def _counted(
    table: TableBatches, reader: WindowRows, reference: Profile, path: Path, on_progress: Progress
) -> FileWindow:
    columns = reader.columns(list(table.schema))
    rows = max(min(batch_rows(len(columns), texts=table.holds_texts), -(-table.rows // _STRETCHES)), 1)
    stretch_rows = -(-table.rows // _STRETCHES)
    stretches: list[Stretch] = []
    kept: list[tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.float64]]] = []
    done, left = 0, 0
    for frame in table.read(columns, rows=rows):
        matrix, probability, labels = reader.read(frame, done)
        stretch = Stretch(count_window(reference, matrix, probability, labels))
        if left > 0:
            stretches[-1] = joined(stretches[-1], stretch)
        else:
            stretches.append(stretch)
            left = stretch_rows
        left -= len(matrix)
        done += len(matrix)
        has_label = (labels >= 0) & ~np.isnan(probability)
        kept.append((matrix[has_label], labels[has_label], probability[has_label]))
        on_progress("count rows", done, max(table.rows, done))
    if not done:
        raise MonitoringError("has no row", where=str(path), hint="name a file with the rows to be checked")
    empty = count_window(reference, matrix[:0], probability[:0])
    return FileWindow(
        observed(path.name, stretches, empty), *(np.concatenate(side) for side in zip(*kept, strict=True))
    )
