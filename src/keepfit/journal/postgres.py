"""A PostgreSQL database as a journal: its engine, what it must promise, and its schema's own room."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

from keepfit.errors import JournalError

SCHEMA = "keepfit"
MIGRATING, MAKING_PARTITIONS = 7_305_113, 7_305_114  # advisory locks; any numbers
_WAIT_SECONDS = 2
_OLDEST = 15
_LIMITS = {
    "connect_timeout": _WAIT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


def open_postgres(url: URL, *, is_durable: bool) -> Engine:
    """Return an engine whose connections work in the schema `keepfit` of a database.

    Each commit of theirs is flushed, whatever the server's own setting.

    Parameters
    ----------
    url
        Of the database.
    is_durable
        Whether the journal promises anything: then a server that flushes nothing is refused.

    Raises
    ------
    JournalError
        On the first connection, when the server is too old, or promises nothing: `fsync` is off.
    """
    limits: dict[str, Any] = {name: value for name, value in _LIMITS.items() if name not in url.query}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={**limits, "application_name": "keepfit"},
        paramstyle="format",
        pool_pre_ping=True,  # the server may have been started again
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        try:
            with connection.cursor() as cursor:
                _require_promises(cursor, url, is_durable=is_durable)
                cursor.execute(f"SET search_path TO {SCHEMA}")
                cursor.execute(f"SET lock_timeout TO '{_WAIT_SECONDS * 5}s'")
            connection.commit()
        except BaseException:
            connection.close()
            raise

    return engine


def _require_promises(cursor: Any, url: URL, *, is_durable: bool) -> None:
    """Refuse a server that cannot do what a journal promises, and have it promise for this connection."""
    version = cursor.connection.info.server_version // 10_000
    if version < _OLDEST:
        raise _refusal(url, f"the server is PostgreSQL {version}", f"PostgreSQL {_OLDEST} or later is needed")
    fsync, commit = cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')").fetchone()
    if fsync == "off" and is_durable:
        hint = 'turn it on in postgresql.conf, or declare [journal] durability = "off"'
        raise _refusal(url, "the server's fsync is off: what it has written may be lost with its power", hint)
    if commit == "off":
        cursor.execute("SET synchronous_commit TO on")


def _refusal(url: URL, what: str, hint: str) -> JournalError:
    return JournalError(what, where=url.set(query={}).render_as_string(hide_password=True), hint=hint)
