"""What a journal holds, all at once, for tests that compare it with what went in."""

from __future__ import annotations

from sqlalchemy import select

from keepfit.journal import Journal, Shadow
from keepfit.journal.dossier import shadow_of
from keepfit.journal.tables import predictions, shadows


def ids_of(journal: Journal, project: str) -> set[str]:
    """Return the ids of all predictions of a project."""
    with journal.reading() as connection:
        return set(connection.scalars(select(predictions.c.id).where(predictions.c.project == project)))


def shadows_of(journal: Journal, project: str) -> list[Shadow]:
    """Return the answers that challengers would have given, in the order in which they were written."""
    query = select(shadows).where(shadows.c.project == project).order_by(shadows.c.seq)
    with journal.reading() as connection:
        return [shadow_of(row) for row in connection.execute(query)]
