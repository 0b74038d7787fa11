"""The partitions of predictions in PostgreSQL: one for each month, by the time in the ids."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from keepfit.journal.months import Month
from keepfit.journal.postgres import MAKING_PARTITIONS


def partition(month: Month) -> str:
    """Return the name of a month's table."""
    return f"predictions_{month.year:04d}_{month.number:02d}"


def require_month(engine: Engine, month: Month) -> None:
    """Make the tables of a month and of the next, unless they are there.

    A table is filled with its indexes first and then attached: which waits for nobody who reads.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=MAKING_PARTITIONS))
        for one in (month, month.next):
            if not connection.execute(text("SELECT to_regclass(:name)").bindparams(name=partition(one))).scalar():
                _make(connection, one)


def _make(connection: Connection, month: Month) -> None:
    name = partition(month)
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE predictions INCLUDING ALL)")
    bounds = f"FROM ('{month.first_id}') TO ('{month.next.first_id}')"
    connection.exec_driver_sql(f"ALTER TABLE predictions ATTACH PARTITION {name} FOR VALUES {bounds}")
