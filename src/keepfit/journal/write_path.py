"""The journal's hot write: answered predictions, in as few statements as the driver allows.

It goes past SQLAlchemy's execution to the driver: the service's threads share one interpreter, and a statement for each
row, or a transaction's bookkeeping in Python, would cost more than the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, Table, insert
from sqlalchemy.pool import PoolProxiedConnection

from keepfit.clock import microseconds
from keepfit.journal.engine import SqliteFile
from keepfit.journal.records import Prediction, Shadow
from keepfit.journal.tables import predictions, shadows

_ROWS_A_STATEMENT = 64  # a power of two
_TOUCH_MILLISECONDS = 1000
_Row = tuple[Any, ...]


class WritePath:
    """Writes predictions and shadows in one transaction of a SQLite engine.

    Safe to use from several threads, which take turns: SQLite has one writer, and who waits for its lock there is
    served in no order.

    Parameters
    ----------
    engine
        From `open_engine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.turn = threading.Lock()
        # kept out of the pool, one that waits for other processes and one that doesn't: a checkout would cost as much
        # as a commit
        self._resting: dict[bool, PoolProxiedConnection] = {}
        self._file = SqliteFile(Path(engine.url.database or ""))
        self._predictions = _Statements(predictions, engine)
        self._shadows = _Statements(shadows, engine)

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
        connection = self._engine.raw_connection()
        try:
            self._file.require_same()
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_TOUCH_MILLISECONDS}")
            cursor.execute("BEGIN IMMEDIATE")
            try:
                version = cursor.execute("PRAGMA user_version").fetchone()[0]
                cursor.execute(f"PRAGMA user_version={int(version)}")
                cursor.execute("COMMIT")
            except BaseException:
                _undo(cursor)
                raise
        finally:
            connection.invalidate()

    def checkpoint(self) -> None:
        """Copy the write-ahead log into the database, beside those who read and write.

        Raises
        ------
        sqlite3.Error, JournalError
            When the database fails it.
        """
        connection = self._engine.raw_connection()
        try:
            self._file.require_same()
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            connection.close()

    def close(self) -> None:
        """Close the connections; nobody writes any more."""
        while self._resting:
            self._resting.popitem()[1].invalidate()

    def _connection(self, *, waits: bool) -> PoolProxiedConnection:
        resting = self._resting.pop(waits, None)
        if resting is not None:
            return resting
        connection = self._engine.raw_connection()
        if not waits:
            connection.cursor().execute("PRAGMA busy_timeout=0")
        return connection

    def _write_by(self, made: Sequence[Prediction], shadowed: Sequence[Shadow], *, waits: bool) -> None:
        connection = self._connection(waits=waits)
        try:
            self._file.require_same()
            cursor = connection.cursor()
            if not shadowed and _is_one_statement(len(made)):  # which is a transaction of its own
                self._predictions.write(cursor, [_prediction_row(one) for one in made])
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
            self._predictions.write(cursor, [_prediction_row(one) for one in made])
            self._shadows.write(cursor, [_shadow_row(one) for one in shadowed])
            cursor.execute("COMMIT")
        except BaseException:
            _undo(cursor)
            raise


def _is_busy(error: BaseException) -> bool:
    """Say whether somebody else is writing."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _is_one_statement(rows: int) -> bool:
    return rows <= _ROWS_A_STATEMENT and not rows & (rows - 1)


class _Statements:
    """The insert of one table: of 1, 2, 4 … rows at once.

    Few statements, since SQLite keeps each in its parsed form, which takes a kilobyte a row.
    """

    def __init__(self, table: Table, engine: Engine) -> None:
        sent = [column.name for column in table.columns if column.name != "seq"]
        compiled = str(insert(table).inline().compile(dialect=engine.dialect, column_keys=sent))
        self._head, _, self._values = compiled.partition(" VALUES ")
        self._of_rows: dict[int, str] = {}

    def write(self, cursor: Any, rows: Sequence[_Row]) -> None:
        begin = 0
        while begin < len(rows):
            count = min(_ROWS_A_STATEMENT, 1 << (len(rows) - begin).bit_length() - 1)
            statement = self._of_rows.get(count)
            if statement is None:
                statement = self._of_rows[count] = f"{self._head} VALUES {', '.join([self._values] * count)}"
            cursor.execute(statement, [value for row in rows[begin : begin + count] for value in row])
            begin += count


def _prediction_row(one: Prediction) -> _Row:
    """Return a prediction's values in the order of the table's columns."""
    return (
        one.id,
        microseconds(one.at),
        one.project,
        one.model_version,
        one.entity,
        one.sent,
        one.probability,
        one.decision,
        one.duration_seconds,
    )


def _shadow_row(one: Shadow) -> _Row:
    """Return a shadow's values in the order of the table's columns."""
    return msgspec.structs.astuple(msgspec.structs.replace(one, at=microseconds(one.at)))


def _undo(cursor: Any) -> None:
    """Roll back; a transaction that SQLite has ended itself needs none."""
    try:
        cursor.execute("ROLLBACK")
    except sqlite3.Error:
        return
