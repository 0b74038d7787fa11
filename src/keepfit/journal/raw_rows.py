"""Rows as they lie in the database, whoever put them there: SQLite keeps any value in any column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, type_coerce
from sqlalchemy.types import NULLTYPE

RawRow = Mapping[str, Any]
Read = Callable[[Select[Any]], Sequence[RawRow]]


def raw(table: Table, *names: str) -> list[ColumnElement[Any]]:
    """Return columns of a table, by default all, whose values come as the driver gives them."""
    return [type_coerce(table.c[name], NULLTYPE).label(name) for name in names or table.columns.keys()]


def mistyped(table: Table, row: RawRow) -> str:
    """Return the name of the first column whose value is of another type than its own, empty when there is none."""
    for name, column in table.columns.items():
        value = row[name]
        is_right = column.nullable if value is None else type(value) is column.type.python_type
        if not is_right:
            return name
    return ""
