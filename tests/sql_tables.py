"""Tables of a database for tests: rows written as a program would write them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Column, MetaData, Table, create_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import UserDefinedType


class Untyped(UserDefinedType):
    """No type at all, which SQLite allows."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return ""


def write_rows(url: str, name: str, frame: pl.DataFrame, types: Mapping[str, Any], schema: str | None = None) -> None:
    """Make a table, and write rows into it."""
    columns = [Column(one, types.get(one, Untyped())) for one in frame.columns]
    table = Table(name, MetaData(), *columns, schema=schema)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        table.create(connection)
        if frame.height:
            connection.execute(table.insert(), frame.to_dicts())
    engine.dispose()


def sqlite_url(folder: Path) -> str:
    """Return the URL of a database file in a folder."""
    return f"sqlite:///{folder / 'rows.db'}"
