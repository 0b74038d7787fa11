"""The journal's predictions for other programs: every column, with the newest label, in bounded parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from keepfit.clock import moment, stamp_exactly
from keepfit.journal.store import Journal
from keepfit.journal.tables import PART_ROWS, predictions
from keepfit.journal.windows import Window, newest_labels


class Exported(NamedTuple):
    """A prediction as it is written out.

    Attributes
    ----------
    seq, id
        Its number in the journal, and its id.
    at
        When it was answered: ISO 8601, UTC, microseconds.
    model_version, entity
        Who answered, and whom it is about.
    features
        The record as it was sent, JSON; empty when it was erased.
    probability, decision, duration_seconds
        The answer, and the time that scoring took.
    label, label_at
        The newest label, and when it came.
    """

    seq: int
    id: str
    at: str
    model_version: int
    entity: str | None
    features: str
    probability: float
    decision: str
    duration_seconds: float
    label: str | None
    label_at: str | None


def read_exported(journal: Journal, window: Window, *, part_rows: int = PART_ROWS) -> Iterator[list[Exported]]:
    """Yield the predictions of a window in parts, the oldest first; those whose features were erased too."""
    made = predictions.c
    query = newest_labels(labelled_only=window.labelled_only).where(*window.conditions(with_erased=True))
    query = query.order_by(made.seq).limit(part_rows)
    last = 0
    while True:
        with journal.reading() as connection:
            rows = [_exported(row) for row in connection.execute(query.where(made.seq > last))]
        if rows:
            yield rows
            last = rows[-1].seq
        if len(rows) < part_rows:
            return


def _exported(row: Any) -> Exported:
    return Exported(
        row.seq,
        row.id,
        stamp_exactly(moment(row.at_microseconds)),
        row.model_version,
        row.entity,
        row.features,
        row.probability,
        row.decision,
        row.duration_seconds,
        row.label,
        None if row.label_at_microseconds is None else stamp_exactly(moment(row.label_at_microseconds)),
    )
