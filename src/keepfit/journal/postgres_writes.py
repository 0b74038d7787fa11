"""The hot write into PostgreSQL: answered predictions by COPY, one transaction for a batch.

Rows get their numbers from a counter whose row stays locked until the commit: so numbers have no gaps, ascend in the
order of commits, and a reader who has seen one has seen all before it, however many services write.
"""

from __future__ import annotations

import os
import socket
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, Table, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from keepfit.journal.chain import Chain
from keepfit.journal.months import Month, month_of_id
from keepfit.journal.postgres import MIGRATING, SCHEMA, open_postgres
from keepfit.journal.postgres_arrays import MOST_ROWS, TYPES, write_few, write_shadows
from keepfit.journal.postgres_months import drop_partition, require_month
from keepfit.journal.records import Prediction, Shadow
from keepfit.journal.rows import (
    COMMITTED_COLUMNS,
    PREDICTION_COLUMNS,
    by_column,
    committed_rows,
    prediction_row,
    shadow_row,
)

_MINUTE = 8  # digits of an id that are the same for 65 s
_WAITS_MILLISECONDS = 1500  # for other writers; who waits behind it shall hear soon


def open_postgres_backend(url: URL, *, is_durable: bool = True) -> PostgresBackend:
    """Open a PostgreSQL database as a journal's back end; see `open_postgres`."""
    return PostgresBackend(open_postgres(url, is_durable=is_durable), is_durable=is_durable)


class PostgresBackend:
    """Writes predictions and shadows in one transaction; see `Backend`.

    Its threads take turns on one connection. A connection that breaks is made anew and the batch tried once more; when
    it broke in the commit, the batch is written only if it is not there.

    Parameters
    ----------
    engine
        From `open_postgres`.
    is_durable
        Whether each commit of predictions is flushed.
    """

    failures: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, engine: Engine, *, is_durable: bool) -> None:
        self.engine = engine
        self._is_durable = is_durable
        self._drivers: weakref.WeakSet[Any] = weakref.WeakSet()
        event.listen(engine, "connect", lambda driver, _: self._drivers.add(driver))
        self.turn = threading.RLock()
        self.chain: Chain | None = None
        self._resting: PoolProxiedConnection | None = None
        self._months: set[Month] = set()
        self._minutes: set[str] = set()

    def write(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> None:
        """Write all of them or none; they are durable on return.

        Raises
        ------
        psycopg.Error, SQLAlchemyError
            When the database fails it.
        """
        with self.turn:
            self._require_months(made)
            was_resting = self._resting is not None
            try:
                self._write_by(made, shadowed, is_again=False)
            except psycopg.errors.CheckViolation:  # a month's table was dropped, perhaps by another process
                self._forget_months()
                self._require_months(made)
                self._write_by(made, shadowed, is_again=False)
            except psycopg.OperationalError:
                # it is whole, or was new: this is no stale one; shadows alone are not looked for, and not worth it
                if self._resting is not None or not was_resting or not made:
                    raise
                self._write_by(made, shadowed, is_again=True)

    def write_at_once(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> bool:  # noqa: ARG002
        """Write nothing: a server is waited for."""
        return False

    def touch(self) -> None:
        """Write nothing new, durably: it needs the server's disk as any other write does.

        Raises
        ------
        SQLAlchemyError
            When the database fails it.
        """
        with self.engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout TO {_WAITS_MILLISECONDS}")
            connection.exec_driver_sql("UPDATE counters SET last = last WHERE name = 'touches'")

    def checkpoint(self) -> None:
        """Leave it to the server."""

    def end_erasure(self) -> None:
        """Give back the room of old versions of rows, and their entries in indexes.

        In all partitions: nobody knows whose erasure was interrupted, and pages that did not change are passed over.

        Raises
        ------
        SQLAlchemyError
            When the database fails it.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (INDEX_CLEANUP ON) predictions, labels")

    def drop_month(self, connection: Connection, project: str, month: Month, seqs: tuple[int, int, int]) -> bool:
        """Drop the partition of a month unless it holds another row, or somebody has been using it for a second."""
        try:
            with connection.begin_nested():
                return drop_partition(connection, project, month, seqs)
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            return False

    def begin_migration(self, connection: Connection) -> None:
        """Wait for who else migrates, and make the schema."""
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=MIGRATING))
        if not connection.execute(text("SELECT to_regnamespace(:name)").bindparams(name=SCHEMA)).scalar():
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")

    def first_seq(self, connection: Connection, table: Table, rows: int) -> int:
        """Reserve numbers; nobody else gets any until the transaction is over."""
        last = connection.execute(text(_RESERVE).bindparams(rows=rows, name=table.name)).scalar_one()
        return int(last) - rows + 1

    def cut(self) -> None:
        """End every connection, whoever waits for it: he hears of an error."""
        for driver in list(self._drivers):
            with suppress(OSError, psycopg.Error):
                line = socket.socket(fileno=os.dup(driver.fileno()))
                try:
                    line.shutdown(socket.SHUT_RDWR)
                finally:
                    line.close()

    def close(self) -> None:
        """Close the connections; nobody writes any more."""
        if self._resting is not None:
            self._resting.invalidate()
            self._resting = None
        self.engine.dispose()

    def _require_months(self, made: Sequence[Prediction]) -> None:
        """Have the partitions that rows go to: a look at each minute's ids, not at each id."""
        for minute in {one.id[:_MINUTE] for one in made} - self._minutes:
            months = {month_of_id(f"{minute}{end}") for end in ("-0000", "-ffff")}
            for month in months - self._months:
                require_month(self.engine, month)
            self._months |= months
            self._minutes.add(minute)

    def _forget_months(self) -> None:
        self._months.clear()
        self._minutes.clear()

    def _write_by(self, made: Sequence[Prediction], shadowed: Sequence[Shadow], *, is_again: bool) -> None:
        connection, self._resting = self._resting or self._connection(), None
        try:
            driver: Any = connection.driver_connection
            is_plain = self.chain is None and not shadowed and not is_again
            with driver.cursor() as cursor:
                if is_plain and len(made) <= MOST_ROWS:
                    write_few(cursor, [prediction_row(one) for one in made])
                else:
                    self._write_all(cursor, made, shadowed, is_again=is_again)
        except BaseException:
            if connection.is_valid and not driver.broken:
                self._resting = connection
            else:
                connection.invalidate()
            raise
        self._resting = connection

    def _connection(self) -> PoolProxiedConnection:
        connection = self.engine.raw_connection()
        driver: Any = connection.driver_connection
        driver.autocommit = True
        driver.execute(f"SET lock_timeout TO {_WAITS_MILLISECONDS}")
        if not self._is_durable:
            driver.execute("SET synchronous_commit TO off")
        return connection

    def _write_all(
        self, cursor: Any, made: Sequence[Prediction], shadowed: Sequence[Shadow], *, is_again: bool
    ) -> None:
        try:
            first = _begun(cursor, len(made))
            # the counter's lock was waited for: the other transaction is over
            is_there = is_again and _is_written(cursor, made)
            if not is_there:
                self._write_rows(cursor, made, shadowed, first)
            cursor.execute("ROLLBACK" if is_there else "COMMIT")
        except BaseException:
            with suppress(psycopg.OperationalError):  # it is gone, and the transaction with it
                cursor.execute("ROLLBACK")
            raise

    def _write_rows(self, cursor: Any, made: Sequence[Prediction], shadowed: Sequence[Shadow], first: int) -> None:
        if made:
            if self.chain is None:
                rows = [prediction_row(one) for one in made]
                _copy(cursor, "predictions", ("seq", *PREDICTION_COLUMNS), _numbered(first, rows))
            else:
                rows = committed_rows(made)
                _copy(cursor, "predictions", ("seq", *COMMITTED_COLUMNS), _numbered(first, rows))
                self.chain.seal(cursor, "predictions", first, by_column(rows))
        if shadowed:
            write_shadows(cursor, [shadow_row(one) for one in shadowed])


def _begun(cursor: Any, rows: int) -> int:
    """Begin a transaction and reserve numbers, in one round trip; return the first."""
    cursor.execute(f"BEGIN; UPDATE counters SET last = last + {rows:d} WHERE name = 'predictions' RETURNING last")  # noqa: S608 - a number
    cursor.nextset()
    return int(cursor.fetchone()[0]) - rows + 1


def _numbered(first: int, rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [(seq, *row) for seq, row in enumerate(rows, first)]


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([TYPES[column] for column in columns])
        for row in rows:
            copy.write_row(row)


def _is_written(cursor: Any, made: Sequence[Prediction]) -> bool:
    """Say whether a batch is there: all of it is, or nothing."""
    return cursor.execute("SELECT 1 FROM predictions WHERE id = %s", (made[0].id,)).fetchone() is not None


_RESERVE = "UPDATE counters SET last = last + :rows WHERE name = :name RETURNING last"
