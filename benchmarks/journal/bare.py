"""What the drivers do by themselves: the same rows, into the same tables, as durable, and nothing else.

The tables are the journal's own. No queue, no numbers from a counter, no seals, no objects: rows are tuples before the
clock runs, and one connection writes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg

from keepfit.journal.rows import PREDICTION_COLUMNS

Row = tuple[object, ...]
_NAMES = ", ".join(PREDICTION_COLUMNS)
_TYPES = ("int8", "text", "int8", "text", "int4", "text", "text", "float8", "text", "float8")
_SETTINGS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000")  # as the journal has them


class BareSqlite:
    """The standard library's driver."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        for setting in _SETTINGS:
            self._connection.execute(f"PRAGMA {setting}")
        self._insert = f"INSERT INTO predictions ({_NAMES}) VALUES ({', '.join('?' * len(PREDICTION_COLUMNS))})"

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def write(self, rows: Sequence[Row], batch: int) -> None:
        """Commit rows in batches."""
        with closing(self._connection.cursor()) as cursor:
            if batch == 1:
                for row in rows:
                    cursor.execute(self._insert, row)
                return
            for begin in range(0, len(rows), batch):
                cursor.execute("BEGIN IMMEDIATE")
                cursor.executemany(self._insert, rows[begin : begin + batch])
                cursor.execute("COMMIT")


class BarePostgres:
    """psycopg: COPY for batches, a prepared INSERT for single rows."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, options="-c search_path=keepfit")
        (last,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM predictions").fetchone() or (0,)
        self._seq = int(last)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def write(self, rows: Sequence[Row], batch: int) -> None:
        """Commit rows in batches."""
        numbered = [(seq, *row) for seq, row in enumerate(rows, self._seq + 1)]
        self._seq += len(rows)
        if batch == 1:
            insert = f"INSERT INTO predictions (seq, {_NAMES}) VALUES ({', '.join(['%s'] * len(_TYPES))})"
            with self._connection.cursor() as cursor:
                for row in numbered:
                    cursor.execute(insert, row, prepare=True)
            return
        for begin in range(0, len(numbered), batch):
            statement = f"COPY predictions (seq, {_NAMES}) FROM STDIN (FORMAT BINARY)"
            with (
                self._connection.transaction(),
                self._connection.cursor() as cursor,
                cursor.copy(statement) as copy,
            ):
                copy.set_types(_TYPES)
                for row in numbered[begin : begin + batch]:
                    copy.write_row(row)
