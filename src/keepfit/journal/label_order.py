"""Labelled predictions in the order in which their labels came: what who learns by and by has not seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from keepfit.journal.records import LabelledPrediction
from keepfit.journal.store import Journal
from keepfit.journal.tables import labels, predictions
from keepfit.journal.windows import labelled_prediction


def labelled_after(journal: Journal, project: str, label_seq: int, *, rows: int) -> list[LabelledPrediction]:
    """Return the predictions whose newest label has a later number, by that number: the first so many of them.

    A corrected label makes its prediction come again. Erased predictions are not among them.

    Parameters
    ----------
    journal, project
        Whose predictions.
    label_seq
        Number of the newest label that was seen.
    rows
        The most that are returned.

    Raises
    ------
    JournalError
        When the database cannot be read.
    """
    return _found(journal, project, labels.c.seq > label_seq, rows)


def labelled_among(journal: Journal, project: str, label_seqs: Sequence[int], *, rows: int) -> list[LabelledPrediction]:
    """Return the predictions whose newest label has one of these numbers; see `labelled_after`."""
    return _found(journal, project, labels.c.seq.in_(label_seqs), rows) if label_seqs else []


def waiting_after(journal: Journal, project: str, after: int) -> list[int]:
    """Return the numbers of labels, above one number, whose prediction is not there yet.

    Parameters
    ----------
    journal, project
        Whose labels.
    after
        Number of a label.

    Raises
    ------
    JournalError
        When the database cannot be read.
    """
    theirs = and_(predictions.c.project == labels.c.project, predictions.c.id == labels.c.prediction_id)
    whose = func.coalesce(labels.c.project, "") == project  # as below
    query = (
        select(labels.c.seq)
        .select_from(labels.outerjoin(predictions, theirs))
        .where(whose, labels.c.seq > after, predictions.c.id.is_(None))
    )
    with journal.reading() as connection:
        return list(connection.execute(query.order_by(labels.c.seq)).scalars())


def _found(journal: Journal, project: str, which: ColumnElement[bool], rows: int) -> list[LabelledPrediction]:
    query = _newest(select(predictions, labels.c.label, labels.c.seq.label("label_seq")), project, which)
    with journal.reading() as connection:
        found = connection.execute(query.order_by(labels.c.seq).limit(rows)).all()
    return [labelled_prediction(row) for row in found]


def count_labelled_after(journal: Journal, project: str, label_seq: int) -> int:
    """Return how many predictions have a newest label with a later number; see `labelled_after`."""
    with journal.reading() as connection:
        return int(connection.execute(_newest(select(func.count()), project, labels.c.seq > label_seq)).scalar_one())


def _newest(found: Select[Any], project: str, which: ColumnElement[bool]) -> Select[Any]:
    """Select from some labels those that no later one corrects, and their predictions.

    It goes from the labels to the predictions: what was seen before costs nothing.
    """
    later = labels.alias()
    same = later.c.project == labels.c.project, later.c.prediction_id == labels.c.prediction_id
    corrected = select(later.c.seq).where(*same, later.c.seq > labels.c.seq).exists()
    theirs = and_(predictions.c.project == labels.c.project, predictions.c.id == labels.c.prediction_id)
    whose = func.coalesce(labels.c.project, "") == project  # in plain, SQLite goes through all labels by their index
    new = whose, which, predictions.c.features != "", ~corrected
    return found.select_from(labels.join(predictions, theirs)).where(*new)
