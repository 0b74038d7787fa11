"""The journal's schema as a list of small steps, never edited after release.

`tables.py` is what the newest step leaves. When a step changes a table, those before it get a copy of the table as it
is today: a test holds the names.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, select

from keepfit.errors import JournalError
from keepfit.journal.tables import METADATA, events, labels, predictions, shadows

_BOOK = Table("migrations", MetaData(), Column("name", Text, primary_key=True))


def _first_tables(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[predictions, labels, events])


def _shadows(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[shadows])


MIGRATIONS: tuple[tuple[str, Callable[[Connection], None]], ...] = (
    ("0001_first_tables", _first_tables),
    ("0002_shadows", _shadows),
)


def migrate(connection: Connection, *, where: str) -> None:
    """Carry out the steps that this database has not seen, inside the connection's transaction.

    Parameters
    ----------
    connection
        In a write transaction, so that one process at a time is here.
    where
        The database's address, for messages.

    Raises
    ------
    JournalError
        When the database has seen a step that this version does not know: it is newer.
    """
    _BOOK.metadata.create_all(connection)
    seen = set(connection.scalars(select(_BOOK.c.name)))
    unknown = seen - {name for name, _ in MIGRATIONS}
    if unknown:
        raise JournalError(
            f"was written by a newer Keepfit (it knows {min(unknown)})", where=where, hint="update Keepfit"
        )
    for name, step in MIGRATIONS:
        if name not in seen:
            step(connection)
            connection.execute(insert(_BOOK).values(name=name))
