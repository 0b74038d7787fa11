"""Windows of the journal: the newest predictions, or those of a time, in bounded parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from keepfit.clock import microseconds, moment
from keepfit.journal.records import LabelledPrediction, Prediction
from keepfit.journal.tables import PART_ROWS, labels, predictions

_ROWS_AT_ONCE = 500
_BINARY = 1  # of the formats that psycopg asks for: numbers are not made of texts
Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Window:
    """Which predictions of a project are looked at; the conditions hold together.

    Attributes
    ----------
    project
        Whose.
    rows
        The newest so many of them; None for all.
    since, until
        Answered at this time or later, and before this time.
    model_version
        Answered by this version.
    labelled_only
        Only those that a label came for.
    seqs
        Only those with these numbers in the journal, the first and the last; None for all.
    """

    project: str
    rows: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    model_version: int | None = None
    labelled_only: bool = False
    seqs: tuple[int, int] | None = None

    def conditions(self, *, with_erased: bool = False) -> list[ColumnElement[bool]]:
        """Return what holds for its rows, but their number and their labels; with or without those that were erased."""
        found = [predictions.c.project == self.project]
        if not with_erased:
            found.append(predictions.c.features != "")
        if self.since is not None:
            found.append(predictions.c.at_microseconds >= microseconds(self.since))
        if self.until is not None:
            found.append(predictions.c.at_microseconds < microseconds(self.until))
        if self.model_version is not None:
            found.append(predictions.c.model_version == self.model_version)
        if self.seqs is not None:
            found.append(predictions.c.seq.between(*self.seqs))
        return found


class WindowPart(NamedTuple):
    """Predictions of a window as columns of one length, the newest first.

    Attributes
    ----------
    seqs, at_microseconds
        Numbers in the journal; when they were answered, microseconds since 1970.
    sent
        The records as they were sent, JSON.
    probabilities
        Of the positive class.
    """

    seqs: tuple[int, ...]
    at_microseconds: tuple[int, ...]
    sent: tuple[str, ...]
    probabilities: tuple[float, ...]


def newest_parts(reading: Reading, window: Window, *, part_rows: int = PART_ROWS) -> Iterator[WindowPart]:
    """Return the columns of a window in parts, the newest rows first; what comes after the first part is not in it.

    Each part is a read of its own: no reader is long enough to keep the database from tidying up.

    Parameters
    ----------
    reading
        Opens a connection for the time of a read.
    window
        Which rows.
    part_rows
        The most that a part has.
    """
    table, left, last = predictions.c, window.rows, None
    columns = select(table.seq, table.at_microseconds, table.features, table.probability)
    every = columns.where(*window.conditions()).order_by(table.seq.desc())
    if window.labelled_only:
        theirs = labels.c.project == table.project, labels.c.prediction_id == table.id
        every = every.where(select(labels.c.seq).where(*theirs).exists())
    while left is None or left > 0:
        wanted = part_rows if left is None else min(left, part_rows)
        query = every.limit(wanted) if last is None else every.where(table.seq < last).limit(wanted)
        with reading() as connection:
            part = _read_columns(connection, query)
        if part.seqs:
            yield part
        if len(part.seqs) < wanted:
            return
        last, left = part.seqs[-1], None if left is None else left - wanted


def _read_columns(connection: Connection, query: Select[Any]) -> WindowPart:
    """Return what is selected, by column.

    It goes to the driver, whose rows cost half of SQLAlchemy's; and by hundreds, which stay in the processor's cache.
    """
    compiled = query.compile(connection)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        cursor.format = _BINARY
    cursor.execute(str(compiled), [compiled.params[name] for name in compiled.positiontup or ()])
    columns: tuple[list[Any], ...] = ([], [], [], [])
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    cursor.close()
    return WindowPart(*map(tuple, columns))


def newest_labels(*, labelled_only: bool = False) -> Select[Any]:
    """Select predictions with the newest label of each; those without one too, unless only the others are wanted."""
    newest = (
        select(func.max(labels.c.seq))
        .where(labels.c.project == predictions.c.project, labels.c.prediction_id == predictions.c.id)
        .correlate(predictions)
        .scalar_subquery()
    )
    joined = predictions.join(labels, labels.c.seq == newest, isouter=not labelled_only)
    return select(
        predictions,
        labels.c.label,
        labels.c.seq.label("label_seq"),
        labels.c.at_microseconds.label("label_at_microseconds"),
    ).select_from(joined)


def labelled(window: Window) -> Select[Any]:
    """Select the predictions of a window with the newest label of each, the newest first."""
    query = newest_labels(labelled_only=window.labelled_only).where(*window.conditions())
    return query.order_by(predictions.c.seq.desc()).limit(window.rows)


def labelled_prediction(row: Row[Any]) -> LabelledPrediction:
    """Return a row of `labelled`."""
    prediction = Prediction(
        row.id,
        moment(row.at_microseconds),
        row.project,
        row.model_version,
        row.entity,
        row.features,
        row.probability,
        row.decision,
        row.duration_seconds,
    )
    return LabelledPrediction(row.seq, prediction, row.label, row.label_seq)
