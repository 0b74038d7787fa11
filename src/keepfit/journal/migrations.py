"""The journal's schema as a list of small steps, never edited after release.

Each is the text of its statements, for each kind of database: `tables.py` is what the newest leaves, and a test holds
the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, select

from keepfit.errors import JournalError

_BOOK = Table("migrations", MetaData(), Column("name", Text, primary_key=True))

_FIRST_TABLES = {
    "sqlite": (
        """
        CREATE TABLE predictions (
            seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at_microseconds BIGINT NOT NULL,
            project TEXT NOT NULL, model_version INTEGER NOT NULL, entity TEXT, features TEXT NOT NULL,
            probability FLOAT NOT NULL, decision TEXT NOT NULL, duration_seconds FLOAT NOT NULL)
        """,
        "CREATE INDEX predictions_by_project ON predictions (project, seq)",
        """
        CREATE TABLE labels (
            seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, prediction_id TEXT NOT NULL,
            label TEXT NOT NULL, at_microseconds BIGINT NOT NULL)
        """,
        "CREATE INDEX labels_by_prediction ON labels (project, prediction_id, seq)",
        """
        CREATE TABLE events (
            seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, at_microseconds BIGINT NOT NULL, project TEXT NOT NULL,
            kind TEXT NOT NULL, actor TEXT NOT NULL, facts TEXT NOT NULL, epoch INTEGER,
            CONSTRAINT one_promotion_an_epoch UNIQUE (project, epoch))
        """,
    ),
    "postgresql": (
        # how far each table's numbers have come: the row that a writer has changed is his until he commits
        "CREATE TABLE counters (name TEXT PRIMARY KEY, last BIGINT NOT NULL) WITH (fillfactor = 10)",
        "INSERT INTO counters VALUES ('predictions', 0), ('labels', 0), ('events', 0), ('touches', 0)",
        """
        CREATE TABLE predictions (
            seq BIGINT NOT NULL, id TEXT COLLATE "C" PRIMARY KEY, at_microseconds BIGINT NOT NULL,
            project TEXT NOT NULL, model_version INTEGER NOT NULL, entity TEXT, features TEXT NOT NULL,
            probability DOUBLE PRECISION NOT NULL, decision TEXT NOT NULL, duration_seconds DOUBLE PRECISION NOT NULL)
        PARTITION BY RANGE (id)
        """,
        "CREATE INDEX predictions_by_project ON predictions (project, seq)",
        """
        CREATE TABLE labels (
            seq BIGINT PRIMARY KEY, project TEXT NOT NULL, prediction_id TEXT COLLATE "C" NOT NULL,
            label TEXT NOT NULL, at_microseconds BIGINT NOT NULL)
        """,
        "CREATE INDEX labels_by_prediction ON labels (project, prediction_id, seq)",
        """
        CREATE TABLE events (
            seq BIGINT PRIMARY KEY, at_microseconds BIGINT NOT NULL, project TEXT NOT NULL,
            kind TEXT NOT NULL, actor TEXT NOT NULL, facts TEXT NOT NULL, epoch INTEGER,
            CONSTRAINT one_promotion_an_epoch UNIQUE (project, epoch))
        """,
    ),
}
_SHADOWS = {
    "sqlite": (
        """
        CREATE TABLE shadows (
            seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, prediction_id TEXT NOT NULL,
            at_microseconds BIGINT NOT NULL, project TEXT NOT NULL, model_version INTEGER NOT NULL,
            probability FLOAT NOT NULL, decision TEXT NOT NULL)
        """,
        "CREATE INDEX shadows_by_project ON shadows (project, seq)",
    ),
    "postgresql": (
        """
        CREATE TABLE shadows (
            seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, prediction_id TEXT COLLATE "C" NOT NULL,
            at_microseconds BIGINT NOT NULL, project TEXT NOT NULL, model_version INTEGER NOT NULL,
            probability DOUBLE PRECISION NOT NULL, decision TEXT NOT NULL)
        """,
        "CREATE INDEX shadows_by_project ON shadows (project, seq)",
    ),
}
_LABELS_BY_ENTITY = dict.fromkeys(
    ("sqlite", "postgresql"),
    (
        "ALTER TABLE labels ADD COLUMN entity TEXT",
        "ALTER TABLE labels ADD COLUMN as_of_microseconds BIGINT",
        # partial: who declares no entity pays for none
        "CREATE INDEX labels_by_entity ON labels (project, entity) WHERE entity IS NOT NULL",
        "CREATE INDEX predictions_by_entity ON predictions (project, entity, at_microseconds) WHERE entity IS NOT NULL",
    ),
)
_SEALS = {
    kind: (
        *(
            f"ALTER TABLE {table} ADD COLUMN {column} {binary}"
            for table in ("predictions", "labels")
            for column in ("salt", "commitment")
        ),
        f"""
        CREATE TABLE seals (
            number BIGINT NOT NULL PRIMARY KEY, at_microseconds BIGINT NOT NULL, kind TEXT NOT NULL,
            first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, content {binary} NOT NULL, digest {binary} NOT NULL,
            is_keyed INTEGER NOT NULL)
        """,
    )
    for kind, binary in (("sqlite", "BLOB"), ("postgresql", "BYTEA"))
}
MIGRATIONS: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    ("0001_first_tables", _FIRST_TABLES),
    ("0002_shadows", _SHADOWS),
    ("0003_labels_by_entity", _LABELS_BY_ENTITY),
    ("0004_seals", _SEALS),
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
    for name, statements in MIGRATIONS:
        if name in seen:
            continue
        for statement in statements[connection.dialect.name]:
            connection.exec_driver_sql(statement)
        connection.execute(insert(_BOOK).values(name=name))
