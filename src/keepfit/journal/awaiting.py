"""Since when a project waits for outcomes of its answers."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from keepfit.clock import moment
from keepfit.journal.store import Journal
from keepfit.journal.tables import labels, predictions


class AwaitedLabels(NamedTuple):
    """Since when outcomes are waited for.

    Attributes
    ----------
    newest_seq
        Number of the newest label, 0 when none came.
    since
        When it came, or when the first answer was given; None before that.
    """

    newest_seq: int
    since: datetime | None


def awaited_labels(journal: Journal, project: str) -> AwaitedLabels:
    """Return since when outcomes of a project's answers are waited for, however labels come."""
    newest = select(labels.c.seq, labels.c.at_microseconds).where(labels.c.project == project)
    first = select(predictions.c.at_microseconds).where(predictions.c.project == project).order_by(predictions.c.seq)
    with journal.reading() as connection:
        label = connection.execute(newest.order_by(labels.c.seq.desc()).limit(1)).one_or_none()
        if label is not None:
            return AwaitedLabels(label.seq, moment(label.at_microseconds))
        at = connection.scalar(first.limit(1))
    return AwaitedLabels(0, None if at is None else moment(at))
