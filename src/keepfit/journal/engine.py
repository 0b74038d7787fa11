"""From a URL to a database engine that is durable: the one place that knows the back ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from keepfit.errors import JournalError

_BUSY_SECONDS = 10
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_SECONDS * 1000}", "foreign_keys=ON")


def open_engine(url: str) -> Engine:
    """Return an engine for a URL.

    Raises
    ------
    JournalError
        When the URL is none, or names a back end that there is not.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise JournalError(
            "is not a database URL", where=_KEY, hint="for example sqlite:////path/journal.db"
        ) from error
    openers = {"sqlite": _open_sqlite}
    opener = openers.get(parsed.get_backend_name())
    if opener is None:
        raise JournalError(
            f'there is no back end "{parsed.get_backend_name()}"', where=_KEY, hint=f"accepted: {', '.join(openers)}"
        )
    return opener(parsed)


_KEY = "keepfit.toml: [journal] url"


def _open_sqlite(url: URL) -> Engine:
    """Open a SQLite file: write-ahead log, each commit flushed, a write transaction from its first statement on."""
    if not url.database or url.database == ":memory:":
        raise JournalError("a journal in memory is none", where=_KEY, hint="name a file: sqlite:////path/journal.db")
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(
            f"its folder cannot be made ({error})", where=str(folder), hint="check its rights"
        ) from error
    engine = create_engine(
        url, poolclass=QueuePool, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, below
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
