"""Synthetic customers, the published way: each column for itself, so that nothing hangs together any more."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from keepfit.datasets.dates import dates_in
from keepfit.date_text import date_text
from keepfit.signature import Column, Kind, Signature


def synthetic_customers(
    reference: pl.DataFrame, signature: Signature, rows: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return records whose numbers are normal with the reference's mean and deviation, clipped to the known range.

    Categories are drawn with equal chances from the vocabulary, flags too, and days between the first and the last;
    nothing is missing. Whole numbers stay whole. The entity, where there is one, is `sim-000001` and so on.

    Parameters
    ----------
    reference
        Rows of the table, in which each numeric column has a value at least.
    signature
        Its columns.
    rows
        How many customers.
    rng
        Where the draws come from.
    """
    columns = {column.name: _values(column, reference[column.name], rows, rng) for column in signature.columns}
    if signature.entity:
        columns[signature.entity] = [f"sim-{number:06d}" for number in range(1, rows + 1)]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _values(column: Column, known: pl.Series, rows: int, rng: np.random.Generator) -> list[Any]:
    if column.kind is Kind.CATEGORY:
        return [column.categories[pick] for pick in rng.integers(0, len(column.categories), rows)]
    if column.kind is Kind.FLAG:
        return [bool(pick) for pick in rng.integers(0, 2, rows)]
    if column.kind is Kind.DATE:
        return _dates(column, known, rows, rng)
    numbers = known.cast(pl.Float64).fill_nan(None).drop_nulls().to_numpy()
    low = numbers.min() if column.minimum is None else column.minimum
    high = numbers.max() if column.maximum is None else column.maximum
    drawn = np.clip(rng.normal(numbers.mean(), numbers.std(), rows), low, high)
    return [round(value) for value in drawn] if column.kind is Kind.INTEGER else drawn.tolist()


def _dates(column: Column, known: pl.Series, rows: int, rng: np.random.Generator) -> list[Any]:
    days = dates_in(known, column.date_format).days.drop_nulls().to_numpy()
    low = days.min() if column.minimum is None else column.minimum
    high = days.max() if column.maximum is None else column.maximum
    return [date_text(day, column.date_format) for day in rng.integers(int(low), int(high), rows, endpoint=True)]
