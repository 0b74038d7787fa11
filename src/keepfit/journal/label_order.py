"""Labelled predictions in the order in which their labels came: what who learns by and by has not seen yet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, func, select

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
    query = _newest_after(select(predictions, labels.c.label, labels.c.seq.label("label_seq")), project, label_seq)
    with journal.reading() as connection:
        found = connection.execute(query.order_by(labels.c.seq).limit(rows)).all()
    return [labelled_prediction(row) for row in found]


def count_labelled_after(journal: Journal, project: str, label_seq: int) -> int:
    """Return how many predictions have a newest label with a later number; see `labelled_after`."""
    with journal.reading() as connection:
        return int(connection.execute(_newest_after(select(func.count()), project, label_seq)).scalar_one())


def _newest_after(found: Select[Any], project: str, label_seq: int) -> Select[Any]:
    """Select from labels after a number, that no later one corrects, and their predictions.

    It goes from the labels to the predictions: what was seen before costs nothing.
    """
    later = labels.alias()
    same = later.c.project == labels.c.project, later.c.prediction_id == labels.c.prediction_id
    corrected = select(later.c.seq).where(*same, later.c.seq > labels.c.seq).exists()
    theirs = and_(predictions.c.project == labels.c.project, predictions.c.id == labels.c.prediction_id)
    whose = func.coalesce(labels.c.project, "") == project  # in plain, SQLite goes through all labels by their index
    new = whose, labels.c.seq > label_seq, predictions.c.features != "", ~corrected
    return found.select_from(labels.join(predictions, theirs)).where(*new)
