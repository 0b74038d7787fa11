"""What a journal holds, all at once, for tests that compare it with what went in."""

from __future__ import annotations

from sqlalchemy import select

from keepfit.clock import moment
from keepfit.journal import Journal, Shadow
from keepfit.journal.tables import predictions, shadows


def ids_of(journal: Journal, project: str) -> set[str]:
    """Return the ids of all predictions of a project."""
    with journal.reading() as connection:
        return set(connection.scalars(select(predictions.c.id).where(predictions.c.project == project)))


def shadows_of(journal: Journal, project: str) -> list[Shadow]:
    """Return the answers that challengers would have given, in the order in which they were written."""
    query = select(shadows).where(shadows.c.project == project).order_by(shadows.c.seq)
    with journal.reading() as connection:
        return [
            Shadow(
                one.prediction_id,
                moment(one.at_microseconds),
                one.project,
                one.model_version,
                one.probability,
                one.decision,
            )
            for one in connection.execute(query)
        ]
