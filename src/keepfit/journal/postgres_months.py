"""The partitions of predictions in PostgreSQL: one for each month, by the time in the ids."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, Table, Text, func, select, text

from keepfit.journal.months import Month
from keepfit.journal.postgres import MAKING_PARTITIONS


def _partition(month: Month) -> str:
    """Return the name of a month's table."""
    return f"predictions_{month.year:04d}_{month.number:02d}"


def require_month(engine: Engine, month: Month) -> None:
    """Make the tables of a month and of the next, unless they are there.

    A table is filled with its indexes first and then attached: which waits for nobody who reads.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=MAKING_PARTITIONS))
        for one in (month, month.next):
            if not connection.execute(text("SELECT to_regclass(:name)").bindparams(name=_partition(one))).scalar():
                _make(connection, one)


def drop_partition(connection: Connection, project: str, month: Month, seqs: tuple[int, int, int]) -> bool:
    """Drop the table of a month if it holds the rows of a project that are said, and no others; say whether it did.

    Others wait for a second at most, then for the end of the transaction.

    Parameters
    ----------
    connection
        In a transaction that writes.
    project, month
        Whose rows, and of when.
    seqs
        Their first and last number, and how many they are.
    """
    name = _partition(month)
    if not connection.execute(text("SELECT to_regclass(:name)").bindparams(name=name)).scalar():
        return False
    connection.exec_driver_sql("SET LOCAL lock_timeout TO '1s'")
    connection.exec_driver_sql(f"LOCK TABLE {name} IN SHARE MODE")
    table = Table(name, MetaData(), Column("seq", BigInteger), Column("project", Text))
    first, last, rows = seqs
    is_theirs = (table.c.project == project) & table.c.seq.between(first, last)
    counted = connection.execute(select(func.count(), func.count().filter(is_theirs)).select_from(table)).one()
    if tuple(counted) != (rows, rows):
        return False
    connection.exec_driver_sql(f"ALTER TABLE predictions DETACH PARTITION {name}")
    connection.exec_driver_sql(f"DROP TABLE {name}")
    return True


def _make(connection: Connection, month: Month) -> None:
    name = _partition(month)
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE predictions INCLUDING ALL)")
    bounds = f"FROM ('{month.first_id}') TO ('{month.next.first_id}')"
    connection.exec_driver_sql(f"ALTER TABLE predictions ATTACH PARTITION {name} FOR VALUES {bounds}")
