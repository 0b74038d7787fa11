"""To forget a person: what was sent about them, and who they are, leave the journal for good.

The rows stay, with the answers that were given and the commitments that the chain holds, so that what a model did can
still be told, but not about whom. Copies that others made of the database are theirs to erase; retired months are in
archives: see `archives.erase_from_archives`.

References
----------
Regulation (EU) 2016/679 (GDPR), article 17: right to erasure.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, Table, update

from keepfit.journal.departures import FORGOTTEN, ForgottenFacts
from keepfit.journal.store import Journal
from keepfit.journal.tables import labels, predictions


def forget(journal: Journal, project: str, entity: str, *, actor: str) -> ForgottenFacts:
    """Erase what tells of a person, and record that it was done, but not about whom; return from how many rows.

    To do it again is safe, and ends what was interrupted. In SQLite no byte of it stays in the file or in its log. In
    PostgreSQL no query finds it any more and its room is free to be written over; the server's own log keeps it until
    that is recycled.

    Parameters
    ----------
    journal
        Where the person is known.
    project
        Whose predictions and labels.
    entity
        Who is forgotten.
    actor
        Who does it.

    Raises
    ------
    JournalError
        When the database fails it, or somebody has been reading an old state of a SQLite file for seconds: what was
        asked for is erased then, but its log still holds it.
    """
    with journal.writing() as connection:
        rows = _erase(connection, predictions, project, entity, features="")
        done = ForgottenFacts(rows, _erase(connection, labels, project, entity))
        if done.rows or done.labels:
            journal.add_event(connection, project, FORGOTTEN, actor, msgspec.to_builtins(done))
    journal.end_erasure()
    return done


def _erase(connection: Connection, table: Table, project: str, entity: str, **further: str) -> int:
    """Erase a person from a table, and return from how many rows."""
    theirs = table.c.project == project, table.c.entity == entity
    return connection.execute(update(table).where(*theirs).values(entity=None, salt=None, **further)).rowcount
