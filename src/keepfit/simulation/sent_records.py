"""Rows of a table as records that can be sent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from keepfit.datasets import category_texts
from keepfit.datasets.dates import written_dates
from keepfit.signature import Column, Kind, Signature


def sent_records(frame: pl.DataFrame, signature: Signature, scale: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Yield the rows as records that can be sent, one after the other; without the entity, and without a history.

    Parameters
    ----------
    frame
        Rows of the table.
    signature
        Its columns.
    scale
        What numbers are multiplied with, by column.
    """
    sent = signature.sent_columns
    columns = [(column, scale.get(column.name)) for column in sent]
    texts = [column.name for column in sent if column.kind is Kind.CATEGORY]
    dates = [column for column in sent if column.kind is Kind.DATE]
    known = frame.select(column.name for column in sent).with_columns(
        *(category_texts(frame[name]) for name in texts),
        *(written_dates(frame[column.name], column.date_format) for column in dates),
    )
    for row in known.iter_rows():
        yield {column.name: _sent(value, column, factor) for value, (column, factor) in zip(row, columns, strict=True)}


def _sent(value: Any, column: Column, factor: float | None) -> Any:
    """Return a cell as a request has it: None for missing, a number scaled and of its kind."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if not column.kind.is_numeric:
        return value
    number = value if factor is None else float(value) * factor
    if factor is not None and column.minimum is not None and column.minimum >= 0:
        number = max(number, 0)
    return round(number) if column.kind is Kind.INTEGER else float(number)
