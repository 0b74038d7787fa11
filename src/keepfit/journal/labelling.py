"""Labels in the tables: written as they were said, and matched with the predictions that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from keepfit.clock import microseconds
from keepfit.journal.chain import commitments
from keepfit.journal.records import Label, LabelReceipt
from keepfit.journal.tables import labels, predictions


def label_rows(project: str, came: Sequence[Label], first_seq: int, *, is_sealed: bool) -> list[dict[str, Any]]:
    """Return labels as rows; in a sealed journal with a commitment for whom they name."""
    pairs = commitments([(one.entity,) for one in came]) if is_sealed else []
    return [
        {
            "seq": first_seq + at,
            "project": project,
            "prediction_id": one.prediction_id,
            "label": one.label,
            "at_microseconds": microseconds(one.at),
            "entity": one.entity,
            "as_of_microseconds": None if one.as_of is None else microseconds(one.as_of),
            "salt": pairs[at][0] if is_sealed and one.entity is not None else None,
            "commitment": pairs[at][1] if is_sealed and one.entity is not None else None,
        }
        for at, one in enumerate(came)
    ]


def write_labels(connection: Connection, project: str, rows: Sequence[dict[str, Any]]) -> LabelReceipt:
    """Write rows of labels and match them; say how many found their prediction."""
    connection.execute(insert(labels), rows)
    first, last = rows[0]["seq"], rows[-1]["seq"]
    if any(row["entity"] is not None for row in rows):
        match_waiting(connection, project, labels.c.seq >= first)
    is_there = select(predictions.c.seq).where(
        predictions.c.project == labels.c.project, predictions.c.id == labels.c.prediction_id
    )
    found = select(func.count()).select_from(labels).where(labels.c.seq.between(first, last), is_there.exists())
    matched = connection.execute(found).scalar_one()
    return LabelReceipt(len(rows), matched, len(rows) - matched)


def match_waiting(connection: Connection, project: str, *further: ColumnElement[bool]) -> int:
    """Match labels of entities that wait with the newest prediction up to their time; return how many were.

    Parameters
    ----------
    connection
        In a transaction that writes.
    project
        Whose.
    further
        Conditions on the labels.
    """
    newest = (
        select(predictions.c.id)
        .where(
            predictions.c.project == labels.c.project,
            predictions.c.entity == labels.c.entity,
            predictions.c.at_microseconds <= labels.c.as_of_microseconds,
        )
        .order_by(predictions.c.at_microseconds.desc(), predictions.c.seq.desc())
        .limit(1)
        .correlate(labels)
    )
    waiting = (labels.c.project == project, labels.c.prediction_id == "", *further)
    matched = update(labels).values(prediction_id=newest.scalar_subquery()).where(*waiting, newest.exists())
    return int(connection.execute(matched).rowcount)
