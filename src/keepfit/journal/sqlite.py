"""A SQLite file as a journal: its engine, its pragmas, and the watch over its file."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from keepfit.errors import JournalError
from keepfit.journal.backend import KEY

_EXAMPLE = "for example sqlite:////path/journal.db"
_BUSY_SECONDS = 10
_PAUSE_SECONDS = 0.02
_PRAGMAS = (
    f"busy_timeout={_BUSY_SECONDS * 1000}",  # first: the others wait as well
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",  # what is erased leaves no bytes behind
    "wal_autocheckpoint=4000",  # 16 MB; until then a thread does it, and the commit that must has little left to do
)
_SHOWN_TABLES = 3


def open_sqlite(url: URL) -> tuple[Engine, SqliteFile]:
    """Open a SQLite file: write-ahead log, each commit flushed, a write transaction from its first statement on.

    With the engine comes the watch over its file, for those who go past the engine.

    Raises
    ------
    JournalError
        When the URL names no file, or its folder cannot be made.
    """
    path = _sqlite_path(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(
            f"its folder cannot be made ({error})", where=str(path.parent), hint="check its rights"
        ) from error
    engine = create_engine(
        url,
        poolclass=QueuePool,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    file = SqliteFile(path)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, below
        try:
            tables = _tables_of_a_journal(connection, path)
            file.require_same(is_empty=not tables)
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            _use_write_ahead_log(connection)
        except BaseException:
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("writes", False)
        if immediate:
            file.require_same()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine, file


class SqliteFile:
    """A database's file, as it was when it was first looked at.

    A file that is deleted takes what is written to it along, without an error: so it is looked at before each write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: tuple[int, int] | None = None

    def require_same(self, *, is_empty: bool = False) -> None:
        """Refuse to go on when another file, or none, has its name.

        Parameters
        ----------
        is_empty
            Whether the file holds nothing yet: at first it may, and never again. To connect to a file that was deleted
            makes an empty one, and that may get the number of the old one.

        Raises
        ------
        JournalError
            Then.
        """
        try:
            found = self._path.stat()
        except OSError:
            identity = None
        else:
            identity = (found.st_dev, found.st_ino)
        if self._first is None:
            self._first, is_empty = identity, False
        if identity is None or identity != self._first or is_empty:
            raise JournalError(
                "its file was deleted or replaced while it was open",
                where=str(self._path),
                hint="put it back, or start again what has it open",
            )


def _use_write_ahead_log(connection: Any) -> None:
    """Set the journal mode, which the file remembers; SQLite does not wait by itself when others do so at once."""
    give_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _sqlite_path(url: URL) -> Path:
    """Return the file that a URL names."""
    if not url.database or url.database == ":memory:":
        raise JournalError("a journal in memory is none", where=KEY, hint=f"name a file, {_EXAMPLE}")
    if "\0" in url.database:
        raise JournalError("a file's name has no zero byte", where=KEY, hint=_EXAMPLE)
    if url.query or url.database.startswith("file:"):
        raise JournalError("a SQLite URL takes no options", where=KEY, hint=f"name a file only, {_EXAMPLE}")
    return Path(url.database)


def _tables_of_a_journal(connection: Any, path: Path) -> list[str]:
    """Return the tables; refuse another program's database before anything in it is touched, welcome an empty one."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if tables and "migrations" not in tables:
        shown = ", ".join(sorted(tables)[:_SHOWN_TABLES]) + (", …" if len(tables) > _SHOWN_TABLES else "")
        raise JournalError(
            f"belongs to another program (its tables: {shown})", where=str(path), hint=f"change {KEY} to a new file"
        )
    return tables
