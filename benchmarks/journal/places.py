"""Where journals are: SQLite files in a folder, databases of a PostgreSQL server of this run's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from bare import BarePostgres, BareSqlite  # the file beside this one

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from postgres_server import PostgresServer, programs  # the tests' own way to start one


class Place(Protocol):
    """A kind of database."""

    name: str
    batch: int

    def new_database(self) -> str:
        """Make an empty one and return its URL."""

    def open_bare(self, url: str) -> BareSqlite | BarePostgres:
        """Return the driver by itself, connected."""

    def settle(self, url: str) -> None:
        """Do now what the database does by itself some time after much was written."""


class SqlitePlace:
    """Files of a folder."""

    name = "SQLite"
    batch = 64  # rows of a commit of the driver

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    def new_database(self) -> str:
        """Name a file that is not there."""
        return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"

    def open_bare(self, url: str) -> BareSqlite:
        """Open the file by the driver."""
        return BareSqlite(Path(url.removeprefix("sqlite:///")))

    def settle(self, url: str) -> None:
        """Leave it."""


class PostgresPlace:
    """Databases of a server."""

    name = "PostgreSQL"
    batch = 32  # as the journal's own commits have

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def new_database(self) -> str:
        """Make one."""
        return self._server.new_database()

    def open_bare(self, url: str) -> BarePostgres:
        """Connect to it by the driver."""
        return BarePostgres(url)

    def settle(self, url: str) -> None:
        """Vacuum and analyze, as the server does within minutes."""
        self._server.execute("VACUUM ANALYZE", url.rpartition("/")[2])

    def version(self) -> str:
        """Return the server's version."""
        return str(self._server.execute("SHOW server_version")[0][0]).split()[0]


@contextmanager
def postgres_place(folder: Path) -> Iterator[PostgresPlace | None]:
    """Start a server on loopback, from the system's package, and stop it at the end; None where there is none."""
    if programs() is None:
        yield None
        return
    server = PostgresServer(folder / "postgres")
    server.start()
    try:
        yield PostgresPlace(server)
    finally:
        server.stop("immediate")
