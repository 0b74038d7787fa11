"""The hot write into SQLite: answered predictions, in as few statements as the driver allows.

It goes past SQLAlchemy's execution to the driver: the service's threads share one interpreter, and a statement for each
row, or a transaction's bookkeeping in Python, would cost more than the disk.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.engine import URL
from sqlalchemy.pool import PoolProxiedConnection

from keepfit.errors import JournalError
from keepfit.journal.chain import Chain, Row
from keepfit.journal.months import Month
from keepfit.journal.records import Prediction, Shadow
from keepfit.journal.rows import (
    COMMITTED_COLUMNS,
    PREDICTION_COLUMNS,
    SHADOW_COLUMNS,
    by_column,
    committed_rows,
    prediction_row,
    shadow_row,
)
from keepfit.journal.sqlite import SqliteFile, open_sqlite

_ROWS_A_STATEMENT = 64  # a power of two
_TOUCH_MILLISECONDS = 1000
_WAIT_MILLISECONDS = 1500  # for other processes; who waits behind it shall hear soon
_EMPTYINGS, _PAUSE_SECONDS = 8, 0.25
_LAST_SEQ = "SELECT seq FROM sqlite_sequence WHERE name = ?"
_INSERT_SHADOW = (
    f"INSERT INTO shadows ({', '.join(SHADOW_COLUMNS)}) SELECT {', '.join('?' * len(SHADOW_COLUMNS))} "  # noqa: S608 - names of ours
    "WHERE EXISTS (SELECT 1 FROM predictions WHERE id = ?)"
)


def open_sqlite_backend(url: URL, *, is_durable: bool = True) -> SqliteBackend:
    """Open a SQLite file as a journal's back end; see `open_sqlite`."""
    return SqliteBackend(*open_sqlite(url), is_durable=is_durable)


class SqliteBackend:
    """Writes predictions and shadows in one transaction of a SQLite file; see `Backend`.

    Its threads take turns: SQLite has one writer, and who waits for its lock there is served in no order.

    Parameters
    ----------
    engine, file
        From `open_sqlite`.
    is_durable
        Whether each commit is flushed; without, the last ones may be lost with the machine's power, and never more.
    """

    failures: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, engine: Engine, file: SqliteFile, *, is_durable: bool) -> None:
        self.engine = engine
        self.turn = threading.Lock()
        self.chain: Chain | None = None
        self._is_durable = is_durable
        # kept out of the pool, one that waits for other processes and one that doesn't: a checkout would cost as much
        # as a commit
        self._resting: dict[bool, PoolProxiedConnection] = {}
        self._file = file
        self._predictions = _Statements("predictions", PREDICTION_COLUMNS)
        self._committed = _Statements("predictions", COMMITTED_COLUMNS)

    def write(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> None:
        """Write all of them or none; they are durable on return.

        Raises
        ------
        sqlite3.Error
            When the database fails it.
        """
        with self.turn:
            self._write_by(made, shadowed, waits=True)

    def write_at_once(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> bool:
        """Write all of them as `write` does, unless somebody else is writing; say whether they are written.

        Raises
        ------
        sqlite3.Error
            When the database fails it.
        """
        if not self.turn.acquire(blocking=False):
            return False
        try:
            self._write_by(made, shadowed, waits=False)
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
            return False
        finally:
            self.turn.release()
        return True

    def touch(self) -> None:
        """Write nothing new, durably: it needs the disk as any other write does.

        Raises
        ------
        sqlite3.Error, JournalError
            When the database fails it, or somebody else has been writing for a second.
        """
        if not self.turn.acquire(timeout=_TOUCH_MILLISECONDS / 1000):
            raise sqlite3.OperationalError("another thread has been writing for a second")
        try:
            connection = self.engine.raw_connection()
            try:
                self._touch(connection.cursor())
            finally:
                connection.invalidate()
        finally:
            self.turn.release()

    def checkpoint(self) -> None:
        """Copy the write-ahead log into the database, beside those who read and write.

        Raises
        ------
        sqlite3.Error, JournalError
            When the database fails it.
        """
        connection = self.engine.raw_connection()
        try:
            self._file.require_same()
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            connection.close()

    def end_erasure(self) -> None:
        """Empty the write-ahead log.

        Raises
        ------
        sqlite3.Error, JournalError
            When the database fails it, or somebody has been reading an older state for seconds.
        """
        connection = self.engine.raw_connection()
        try:
            self._file.require_same()
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_TOUCH_MILLISECONDS}")  # nobody else can write meanwhile
            for _ in range(_EMPTYINGS):
                if not cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    return
                time.sleep(_PAUSE_SECONDS)
        finally:
            connection.invalidate()
        raise JournalError(
            "its write-ahead log still holds what was erased: somebody has been reading for long",
            where=str(self.engine.url.database),
            hint="forget again when nobody does",
        )

    def drop_month(self, connection: Connection, project: str, month: Month, seqs: tuple[int, int, int]) -> bool:  # noqa: ARG002
        """Drop nothing: there is one table for all months."""
        return False

    def begin_migration(self, connection: Connection) -> None:
        """Do nothing: who writes is alone."""

    def first_seq(self, connection: Connection, table: Table, rows: int) -> int:  # noqa: ARG002 - they follow on
        """Return the number of the next row; nobody else is writing."""
        return self._next(connection.exec_driver_sql(_LAST_SEQ, (table.name,)).scalar())

    def cut(self) -> None:
        """Do nothing: who waits for another process does so for a bounded time."""

    def close(self) -> None:
        """Close the connections; nobody writes any more."""
        while self._resting:
            self._resting.popitem()[1].invalidate()
        self.engine.dispose()

    def _connection(self, *, waits: bool) -> PoolProxiedConnection:
        resting = self._resting.pop(waits, None)
        if resting is not None:
            return resting
        connection = self.engine.raw_connection()
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_WAIT_MILLISECONDS if waits else 0}")
        if not self._is_durable:
            cursor.execute("PRAGMA synchronous=NORMAL")
        return connection

    def _write_by(self, made: Sequence[Prediction], shadowed: Sequence[Shadow], *, waits: bool) -> None:
        connection = self._connection(waits=waits)
        try:
            self._file.require_same()
            cursor = connection.cursor()
            if not shadowed and self.chain is None and _is_one_statement(len(made)):  # a transaction of its own
                self._predictions.write(cursor, [prediction_row(one) for one in made])
            else:
                self._write_all(cursor, made, shadowed)
        except BaseException as error:
            if _is_busy(error):  # nothing is wrong with it
                self._resting[waits] = connection
            else:
                connection.invalidate()
            raise
        self._resting[waits] = connection

    def _write_all(self, cursor: Any, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> None:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            if self.chain is None or not made:
                self._predictions.write(cursor, [prediction_row(one) for one in made])
            else:
                first = self._next(cursor.execute(_LAST_SEQ, ("predictions",)).fetchone())
                self._committed.write(cursor, committed := committed_rows(made))
                self.chain.seal(cursor, "predictions", first, by_column(committed))
            cursor.executemany(_INSERT_SHADOW, [(*shadow_row(one), one.prediction_id) for one in shadowed])
            cursor.execute("COMMIT")
        except BaseException:
            _undo(cursor)
            raise

    def _touch(self, cursor: Any) -> None:
        self._file.require_same()
        cursor.execute(f"PRAGMA busy_timeout={_TOUCH_MILLISECONDS}")
        cursor.execute("BEGIN IMMEDIATE")
        try:
            version = cursor.execute("PRAGMA user_version").fetchone()[0]
            cursor.execute(f"PRAGMA user_version={int(version)}")
            cursor.execute("COMMIT")
        except BaseException:
            _undo(cursor)
            raise

    @staticmethod
    def _next(last: Any) -> int:
        return 1 + int((last[0] if isinstance(last, tuple) else last) or 0)


def _is_busy(error: BaseException) -> bool:
    """Say whether somebody else is writing."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _is_one_statement(rows: int) -> bool:
    return rows <= _ROWS_A_STATEMENT and not rows & (rows - 1)


class _Statements:
    """The insert of one table: of 1, 2, 4 … rows at once.

    Few statements, since SQLite keeps each in its parsed form, which takes a kilobyte a row.
    """

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self._head = f"INSERT INTO {table} ({', '.join(columns)})"
        self._values = f"({', '.join('?' * len(columns))})"
        self._of_rows: dict[int, str] = {}

    def write(self, cursor: Any, rows: Sequence[Row]) -> None:
        begin = 0
        while begin < len(rows):
            count = min(_ROWS_A_STATEMENT, 1 << (len(rows) - begin).bit_length() - 1)
            statement = self._of_rows.get(count)
            if statement is None:
                statement = self._of_rows[count] = f"{self._head} VALUES {', '.join([self._values] * count)}"
            cursor.execute(statement, [value for row in rows[begin : begin + count] for value in row])
            begin += count


def _undo(cursor: Any) -> None:
    """Roll back; a transaction that SQLite has ended itself needs none."""
    try:
        cursor.execute("ROLLBACK")
    except sqlite3.Error:
        return
