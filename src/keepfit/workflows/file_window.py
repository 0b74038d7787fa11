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
from keepfit.errors import DatasetError, MonitoringError
from keepfit.monitoring.observed import ObservedWindow, Stretch, joined, observed
from keepfit.profiles import Profile, count_window
from keepfit.scoring import Scorer, history_door
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_door import TableDoor
from keepfit.signature import Signature, label_text
from keepfit.workflows.in_order import in_order
from keepfit.workflows.rooms import Progress, Rooms, no_progress

PROBABILITY = "probability"
_STRETCHES = 20
_THREADS = 2  # one reads and counts while the other waits for the file
_SHOWN = 5


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
    signature = history_door(champion.facts.signature).signature
    door = TableDoor(signature, table.schema, missing_values=missing_values, where=str(path))
    if door.absent:
        raise DatasetError(
            f"lacks {', '.join(door.absent[:_SHOWN])}, which the champion takes",
            where=str(path),
            hint="a window has every column of the model; one that is always missing may be empty",
        )
    target = signature.outcome.name if signature.outcome.name in table.schema else ""
    scorer = None
    if (scores or target) and PROBABILITY not in table.schema:
        scorer = Scorer(champion, runs_pipelines=rooms.project.runs_pipelines)
    return table, WindowReader(door, Refusals(signature), signature, scorer, target, str(path))


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
class WindowReader:
    """What makes numbers of the rows of a file."""

    door: TableDoor
    reasons: Refusals
    signature: Signature
    scorer: Scorer | None
    target: str
    where: str

    def columns(self, schema: Sequence[str]) -> list[str]:
        """Return the columns that are read."""
        wanted = {*self.door.columns, self.target, PROBABILITY}
        return [name for name in schema if name in wanted]

    def matrix(self, frame: pl.DataFrame, first: int) -> NDArray[np.float32]:
        """Return rows as numbers; the first of them has this number in the file, from 0."""
        cells = self.door.cells(frame)
        encoded = self.door.encoded(cells, frame.height)
        if encoded.wrong:
            refused = self.door.refused(frame, cells, encoded.wrong)
            told = self.reasons.table(refused[:_SHOWN])
            said = "; ".join(f"row {row + first + 1}, {field}: {reason}" for row, field, reason in told.iter_rows())
            more = f"; and {len(refused) - _SHOWN} more in these rows" if len(refused) > _SHOWN else ""
            raise MonitoringError(said + more, where=self.where, hint="mend the values, or leave the rows out")
        return encoded.matrix

    def probability(self, frame: pl.DataFrame, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the scores of rows, NaN where there is none."""
        if self.scorer is not None:
            return self.scorer.probabilities(matrix)
        if PROBABILITY not in frame.columns:
            return np.full(frame.height, np.nan)
        found = frame[PROBABILITY].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        if ((found < 0) | (found > 1)).any():
            row = int(np.flatnonzero((found < 0) | (found > 1))[0]) + 1
            said = f"{PROBABILITY} is {found[row - 1]:g} in row {row} of a batch"
            raise MonitoringError(said, where=self.where, hint="probabilities are from 0 to 1")
        return found

    def labels(self, frame: pl.DataFrame) -> NDArray[np.int8]:
        """Return the classes of rows, -1 where none is known."""
        if not self.target:
            return np.full(frame.height, -1, dtype=np.int8)
        outcome = self.signature.outcome
        codes = {value: outcome.code(_plain(value)) for value in frame[self.target].unique().to_list()}
        found = [codes[value] for value in frame[self.target].to_list()]
        return np.array([-1 if code is None else code for code in found], dtype=np.int8)


def _plain(value: object) -> object:
    """Return a label as a request would write it: a CSV holds texts only."""
    return label_text(float(value)) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value


@dataclass(frozen=True, slots=True)
class _Counted:
    """Some rows, counted, and those of them whose label is known: numbers, classes, scores."""

    stretch: Stretch
    matrix: NDArray[np.float32]
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]


def _counted(
    table: TableBatches, reader: WindowReader, reference: Profile, path: Path, on_progress: Progress
) -> FileWindow:
    columns = reader.columns(list(table.schema))
    stretch_rows = -(-table.rows // _STRETCHES)
    rows = max(min(batch_rows(len(columns), texts=table.holds_texts), stretch_rows), 1)

    def count(batch: tuple[int, pl.DataFrame]) -> _Counted:
        first, frame = batch
        matrix = reader.matrix(frame, first)
        probability, labels = reader.probability(frame, matrix), reader.labels(frame)
        stretch = Stretch(count_window(reference, matrix, probability, labels))
        known = (labels >= 0) & ~np.isnan(probability)
        return _Counted(stretch, matrix[known], labels[known], probability[known])

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
        observed(path.name, stretches, stretches[0].profile),
        np.concatenate([part.matrix for part in kept]),
        np.concatenate([part.labels for part in kept]),
        np.concatenate([part.probability for part in kept]),
    )


def _numbered(frames: Iterable[pl.DataFrame]) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield frames with the number of their first row in the file, from 0."""
    first = 0
    for frame in frames:
        yield first, frame
        first += frame.height
