"""What a database brings to the journal, and which databases there are: chosen by the URL, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import EntryPoint
from typing import Protocol

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from keepfit.errors import JournalError
from keepfit.journal.chain import Chain
from keepfit.journal.months import Month
from keepfit.journal.records import Prediction, Shadow
from keepfit.project.entry_points import JOURNALS, registered

KEY = "keepfit.toml: [journal] url"
_EXAMPLE = "for example sqlite:////path/journal.db or postgresql://user@host/database"


class Backend(Protocol):
    """A database, and the quickest durable way into it.

    All methods may be called from several threads at once. They raise what `failures` names, or a `JournalError`.

    Attributes
    ----------
    engine
        For reads and for writes that are not hot: a transaction writes when its connection has the execution option
        `writes`. Its driver takes parameters by position.
    failures
        What its driver raises.
    turn
        To be held by who writes through the engine, where the database has one writer.
    chain
        Seals what is written, when there is one.
    """

    engine: Engine
    failures: tuple[type[Exception], ...]
    turn: AbstractContextManager[object]
    chain: Chain | None

    def write(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> None:
        """Write all of them or none; they are durable on return. A shadow whose prediction is not there is left out."""

    def write_at_once(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> bool:
        """Write all of them as `write` does if that needs no waiting; say whether they are written."""

    def first_seq(self, connection: Connection, table: Table, rows: int) -> int:
        """Reserve numbers for rows of a table, in the connection's transaction: without gaps, in the order of commits.

        Parameters
        ----------
        connection
            In a transaction that writes.
        table
            A table of the journal.
        rows
            How many, at least 1; the numbers from the one returned on are theirs.
        """

    def begin_migration(self, connection: Connection) -> None:
        """Be alone in changing tables until the connection's transaction is over; there may be no schema yet."""

    def end_erasure(self) -> None:
        """Keep nothing in reserve of what was overwritten in predictions and labels.

        Raises
        ------
        JournalError
            When that cannot be done now; to do it again is safe.
        """

    def drop_month(self, connection: Connection, project: str, month: Month, seqs: tuple[int, int, int]) -> bool:
        """Drop the table of a month in the connection's transaction, where it has one; say whether it was done.

        Parameters
        ----------
        connection
            In a transaction that writes.
        project, month
            Whose rows, and of when.
        seqs
            Their first and last number, and how many they are: a table that holds any other row is left alone.
        """

    def touch(self) -> None:
        """Write nothing new, durably: it needs the disk as any other write does."""

    def checkpoint(self) -> None:
        """Put in order what was written lately, beside those who read and write."""

    def cut(self) -> None:
        """End what waits for a database that does not answer; who waits hears of an error."""

    def close(self) -> None:
        """Close all connections."""


def open_backend(url: str, *, is_durable: bool = True) -> Backend:
    """Return the back end of a URL.

    Parameters
    ----------
    url
        `sqlite:///FILE`, `postgresql://…`, or one whose scheme a package registers as an entry point of the group
        `keepfit.journals`: a function of the parsed URL and `is_durable` that returns a `Backend`, whose engine speaks
        SQLite's or PostgreSQL's SQL.
    is_durable
        Whether what `write` wrote must outlive the machine's power.

    Raises
    ------
    JournalError
        When the URL is none, or names a back end that there is not, or its driver is not installed, or it cannot be
        had.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise JournalError("is not a database URL", where=KEY, hint=_EXAMPLE) from error
    backend = _opener(parsed.drivername)(parsed, is_durable=is_durable)
    if backend.engine.dialect.name not in _BACKENDS:
        backend.close()
        raise JournalError(
            f'"{parsed.drivername}" speaks {backend.engine.dialect.name}',
            where=KEY,
            hint=f"the journal's tables and reads are written for {' and '.join(_BACKENDS)}",
        )
    return backend


def _opener(name: str) -> Callable[..., Backend]:
    """Return what opens the back end of a name: one of ours, or one that another package registers."""
    entry = _BACKENDS.get(name) or registered(JOURNALS).get(name)
    if entry is None:
        accepted = ", ".join([*_BACKENDS, *registered(JOURNALS)])
        raise JournalError(f'there is no back end "{name}"', where=KEY, hint=f"accepted: {accepted}")
    try:
        opener: Callable[..., Backend] = entry.load()
    except ModuleNotFoundError as error:
        hint = 'pip install "keepfit[postgres]"' if name in _BACKENDS else f"install {error.name}"
        raise JournalError(f'"{name}" needs the package {error.name}', where=KEY, hint=hint) from error
    except Exception as error:  # whatever its package raises when it is imported
        raise JournalError(
            f'the back end "{name}" cannot be loaded from {entry.value}: {error}', where=KEY, hint="see its package"
        ) from error
    return opener


_BACKENDS = {  # a driver is imported only where it is used
    name: EntryPoint(name, f"keepfit.journal.{opener}", JOURNALS)
    for name, opener in (
        ("sqlite", "sqlite_writes:open_sqlite_backend"),
        ("postgresql", "postgres_writes:open_postgres_backend"),
    )
}
