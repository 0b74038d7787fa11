"""A table or a view of a database: its columns, its values by their number, its numbers by bins.

Everything is asked in one transaction that only reads, so that all answers are of the same rows. A query names columns
and holds values as parameters: no SQL is made of texts that somebody has written.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Text,
    cast,
    collate,
    column,
    create_engine,
    event,
    func,
    inspect,
    select,
    table,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import CHAR, Boolean, Float, Numeric, String, TypeEngine
from sqlalchemy.types import Integer as WholeNumber

from keepfit.datasets.sql_bins import BinnedNumbers, NumberRules, binned_numbers, binned_rows, bins_query
from keepfit.errors import DatasetError, nearest

_EXAMPLE = "for example sqlite:////path/loans.db or postgresql://user@host/loans"
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}
_WAIT_SECONDS = 10
_VALUES_AT_ONCE = 50_000
_NUMBERS_OF_SQLITE = {"integer", "real", "null"}

Counted = list[tuple[Any, int]]


class SqlTable:
    """A table or a view, opened by `open_sql_table`.

    Belongs to one thread.

    Attributes
    ----------
    where
        What an error names: never a password.
    columns
        Names and types of its columns, as the database declares them.
    rows
        How many there are.
    """

    def __init__(self, connection: Connection, name: str, where: str) -> None:
        self.where = where
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        place = _place(connection, name, where)
        found = inspect(connection).get_columns(place[1], schema=place[0])
        self.columns: Mapping[str, TypeEngine[Any]] = {one["name"]: one["type"] for one in found}
        self._table = table(place[1], *(column(one) for one in self.columns), schema=place[0])
        self.rows = int(connection.scalar(select(func.count()).select_from(self._table)) or 0)

    def is_flag(self, name: str) -> bool:
        """Say whether a column is declared to be true or false: SQLite stores 0 and 1 then."""
        return isinstance(self.columns[name], Boolean)

    def holds_numbers(self, name: str) -> bool:
        """Say whether every value of a column is a number: SQLite keeps what it is given, whatever is declared."""
        if not self._is_sqlite:
            return isinstance(self.columns[name], Numeric | Float | WholeNumber)
        kinds = select(func.typeof(self._table.c[name])).distinct()
        return {*self._connection.scalars(kinds)} <= _NUMBERS_OF_SQLITE

    def numbers(self, name: str, rules: NumberRules) -> BinnedNumbers:
        """Return a column of numbers, counted in bins by the database."""
        asked = bins_query(self._table, name, rules, knows_nan=not self._is_sqlite)
        return binned_numbers(self._connection.execute(asked), len(rules.ends) + 1)

    def labels(self, name: str, rules: NumberRules, target: str) -> list[tuple[int | None, Any, int]]:
        """Return how many rows have which label, by the bin of a number; the bin is None where that is missing."""
        rows = binned_rows(self._table, name, rules, knows_nan=not self._is_sqlite, beside=target)
        label = self._key(rows.c.label, self.columns[target])
        found = self._connection.execute(select(rows.c.bin, label, func.count()).group_by(rows.c.bin, label))
        return [(place, value, count) for place, value, count in found]

    def values(self, name: str) -> Generator[Counted, None, None]:
        """Yield the different values of a column with their numbers of rows, a bounded part at a time.

        Who does not read them to the end closes it, before the database is closed.
        """
        key = self._key(self._table.c[name], self.columns[name])
        asked = select(key, func.count()).group_by(key).execution_options(stream_results=True)
        with self._connection.execute(asked) as found:
            for part in found.partitions(_VALUES_AT_ONCE):
                yield [(value, count) for value, count in part]

    def _key(self, values: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
        """Return values so that those are one which are written alike: a database's own order may take a for A."""
        if self._is_sqlite:
            return collate(values, "BINARY")
        if isinstance(kind, String) and not isinstance(kind, CHAR):
            return collate(cast(values, Text), "C")
        return values


@contextmanager
def open_sql_table(url: str, name: str) -> Iterator[SqlTable]:
    """Open a table or a view of a database, and close it at the end.

    Parameters
    ----------
    url
        `sqlite:///FILE` or `postgresql://…`.
    name
        Of the table; with its schema before it, `schema.table`, where that is not the usual one.

    Raises
    ------
    DatasetError
        When the URL is none, the database cannot be reached or refuses, or has no such table.
    """
    parsed = _parsed(url)
    address = parsed.set(query={}).render_as_string(hide_password=True)
    engine = _engine(parsed, address)
    try:
        with engine.connect() as connection:
            yield SqlTable(connection, name, f"{name} in {address}")
    except SQLAlchemyError as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
        raise DatasetError(f"the database refuses ({said})", where=address, hint="check address and rights") from error
    finally:
        engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatasetError("is not a database URL", where="sql", hint=_EXAMPLE) from None  # it may hold a password
    if parsed.drivername not in _DRIVERS:
        said = f'"{parsed.drivername}" is no database that rows are counted in'
        raise DatasetError(said, where="sql", hint=f"accepted: sqlite, postgresql; {_EXAMPLE}")
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def _engine(url: URL, address: str) -> Engine:
    """Return an engine whose connections read, all in the state that the database has at their first question."""
    if url.drivername == "sqlite":
        return _sqlite_engine(url, address)
    waits = {} if "connect_timeout" in url.query else {"connect_timeout": _WAIT_SECONDS}
    try:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=waits)
    except ModuleNotFoundError as error:
        said = f"needs the package {error.name}"
        raise DatasetError(said, where=address, hint='pip install "keepfit[postgres]"') from error
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite_engine(url: URL, address: str) -> Engine:
    if not url.database or not Path(url.database).is_file():  # to connect would make an empty one
        raise DatasetError("no such file", where=address, hint=f"name a database, {_EXAMPLE}")
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": _WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver would begin no transaction for what only reads
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _place(connection: Connection, name: str, where: str) -> tuple[str | None, str]:
    """Return schema and name of a table or a view."""
    found = inspect(connection)
    if found.has_table(name):
        return None, name
    schema, dot, bare = name.partition(".")
    if dot and schema in found.get_schema_names() and found.has_table(bare, schema=schema):
        return schema, bare
    names = [*found.get_table_names(), *found.get_view_names()]
    hint = nearest(name, names) if names else "the database has none"
    raise DatasetError("no such table or view", where=where, hint=hint)
