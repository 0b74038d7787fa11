"""A back end of the journal that a package registers; docs/extending.md shows it."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import URL

from keepfit.errors import JournalError
from keepfit.journal.backend import Backend
from keepfit.journal.sqlite_writes import open_sqlite_backend


def open_team_backend(url: URL, *, is_durable: bool = True) -> Backend:
    """Open the journal that a team calls so: `team:///credit` is a file in the team's folder."""
    folder = os.environ.get("TEAM_JOURNALS")
    if not folder:
        raise JournalError("is not set", where="TEAM_JOURNALS in the environment", hint="the folder of the journals")
    file = Path(folder) / f"{url.database}.db"
    return open_sqlite_backend(URL.create("sqlite", database=str(file)), is_durable=is_durable)


def open_foreign_backend(url: URL, *, is_durable: bool = True) -> Backend:
    """Open a database whose SQL the journal does not speak."""
    opened = open_sqlite_backend(URL.create("sqlite", database=url.database), is_durable=is_durable)
    opened.engine.dialect.name = "mysql"
    return opened
