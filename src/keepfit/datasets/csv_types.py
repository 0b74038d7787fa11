"""The types of a CSV's columns, from all of its rows: integers, numbers, flags, else texts.

The rules are those of polars, which reads the file, with one more: a column with a code (`keepfit.datasets.codes`) is
text. They are applied by streaming passes over the columns that the first rows do not show to be
text, so memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from keepfit.datasets.codes import is_code, is_marked_code

_HEAD_ROWS = 1000
_INTEGER = r"^-?[0-9]+$"
_NUMBER = r"^[-+]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|inf|NaN)$"
_FLAG = r"^(?i:true|false)$"


def column_types(source: Path | bytes, options: Mapping[str, Any]) -> dict[str, pl.DataType]:
    """Return the type of each column of a CSV.

    Parameters
    ----------
    source
        The file, or its content.
    options
        How polars reads it: separator and words for missing.
    """
    texts = pl.scan_csv(source, infer_schema=False, glob=False, **options)
    found = _types(texts.head(_HEAD_ROWS).collect().lazy(), dict.fromkeys(texts.collect_schema()))
    found |= _types(texts, {name: dtype for name, dtype in found.items() if dtype != pl.String})
    return {name: dtype or pl.String() for name, dtype in found.items()}


def _types(texts: pl.LazyFrame, expected: Mapping[str, pl.DataType | None]) -> dict[str, pl.DataType | None]:
    """Return the type that all texts of each column fit, None where there are none.

    Integers and numbers that are expected are quickly confirmed; where they are not, and where nothing is expected,
    the texts are looked at more closely.
    """
    likely = {at: dtype for at, dtype in enumerate(expected.values()) if dtype in (pl.Int64, pl.Float64)}
    found: dict[str, int] = {}
    facts = []
    for at, name in enumerate(expected):
        column, dtype = pl.col(name), likely.get(at)
        facts += _facts(column, at) if dtype is None else [_is_other(column, dtype).alias(f"other {at}")]
    if facts:
        found = texts.select(facts).collect(engine="streaming").row(0, named=True)
    turned = [name for at, name in enumerate(expected) if found.get(f"other {at}")]
    types = {name: likely[at] if at in likely else _type(found, at) for at, name in enumerate(expected)}
    return types | (_types(texts, dict.fromkeys(turned)) if turned else {})


def _is_other(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Whether some text of a column is plainly of no such type, or a code."""
    values = column.cast(dtype, strict=False)
    is_one = values.is_not_null() if dtype == pl.Int64 else values.is_finite().fill_null(value=False)
    return ((column.is_not_null() & ~is_one) | is_marked_code(column)).any()


def _facts(column: pl.Expr, at: int) -> list[pl.Expr]:
    """Count the texts of a column that each type fits."""
    is_whole = column.str.contains(_INTEGER)
    return [
        column.count().alias(f"known {at}"),
        column.str.contains(_FLAG).sum().alias(f"flags {at}"),
        is_whole.sum().alias(f"whole {at}"),
        column.str.contains(_NUMBER).sum().alias(f"numbers {at}"),
        is_code(column).sum().alias(f"codes {at}"),
        (is_whole & column.cast(pl.Int64, strict=False).is_null()).sum().alias(f"large {at}"),
    ]


def _type(found: Mapping[str, int], at: int) -> pl.DataType | None:
    known = found[f"known {at}"]
    if not known:
        return None
    if found[f"flags {at}"] == known:
        return pl.Boolean()
    if found[f"codes {at}"] or found[f"numbers {at}"] < known:
        return pl.String()
    if found[f"whole {at}"] < known:
        return pl.Float64()
    return pl.Int128() if found[f"large {at}"] else pl.Int64()
