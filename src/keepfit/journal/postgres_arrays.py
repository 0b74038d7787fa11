"""Rows into PostgreSQL in one statement: their columns as arrays, the numbers of predictions from the counter.

For a few rows a second round trip costs more than the rows; for many, COPY is quicker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keepfit.journal.chain import Row
from keepfit.journal.rows import PREDICTION_COLUMNS, SHADOW_COLUMNS

MOST_ROWS = 32


def _texts(column: Sequence[Any]) -> str:
    quoted = [
        "NULL" if value is None else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in column
    ]
    return "{" + ",".join(quoted) + "}"


def _numbers(column: Sequence[Any]) -> str:
    return "{" + ",".join(map(repr, column)) + "}"


TYPES = {
    "seq": "int8",
    "id": "text",
    "prediction_id": "text",
    "at_microseconds": "int8",
    "project": "text",
    "model_version": "int4",
    "entity": "text",
    "features": "text",
    "probability": "float8",
    "decision": "text",
    "duration_seconds": "float8",
    "salt": "bytea",
    "commitment": "bytea",
}
"""The server's type of each column that is written."""


def _unnested(names: Sequence[str]) -> str:
    return f"unnest({', '.join(f'%s::{TYPES[name]}[]' for name in names)})"


def _arrays(names: Sequence[str], rows: Sequence[Row]) -> list[str]:
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return [(_texts if TYPES[name] == "text" else _numbers)(column) for name, column in columns]


_COLUMNS = ", ".join(PREDICTION_COLUMNS)
_RESERVED = "UPDATE counters SET last = last + %s WHERE name = 'predictions' RETURNING last - %s AS before"
_ROWS = f"{_unnested(PREDICTION_COLUMNS)} WITH ORDINALITY AS row ({_COLUMNS}, at)"
_INSERT = (
    f"WITH reserved AS ({_RESERVED}) INSERT INTO predictions (seq, {_COLUMNS}) "  # noqa: S608 - names of ours
    f"SELECT before + at, {_COLUMNS} FROM reserved, {_ROWS}"
)

_SHADOWED = ", ".join(SHADOW_COLUMNS)
_INSERT_SHADOWS = (
    f"INSERT INTO shadows ({_SHADOWED}) SELECT {_SHADOWED} FROM {_unnested(SHADOW_COLUMNS)} "  # noqa: S608 - names of ours
    f"WITH ORDINALITY AS row ({_SHADOWED}, at) "
    "WHERE EXISTS (SELECT FROM predictions WHERE id = prediction_id) ORDER BY at"
)


def write_few(cursor: Any, rows: Sequence[Row]) -> None:
    """Write rows of predictions, at least one, in one statement: in a transaction of its own if there is none.

    Parameters
    ----------
    cursor
        Of the driver.
    rows
        From `prediction_row`.
    """
    cursor.execute(_INSERT, (len(rows), len(rows), *_arrays(PREDICTION_COLUMNS, rows)), prepare=True)


def write_shadows(cursor: Any, rows: Sequence[Row]) -> None:
    """Write rows of shadows, at least one, from `shadow_row`; those whose prediction is not there are left out."""
    cursor.execute(_INSERT_SHADOWS, _arrays(SHADOW_COLUMNS, rows), prepare=True)
