"""A whole table at the door: a matrix, or every column that it does not take."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.datasets.numbers import holds_texts
from keepfit.errors import RecordError, Violation, nearest
from keepfit.scoring.columns import Cells, cleaned, encode_table, misfit
from keepfit.scoring.values import expected, shown
from keepfit.signature import Column, Signature

_SHOWN_ROWS = 20


def table_matrix(frame: pl.DataFrame, signature: Signature) -> Matrix:
    """Return a table as a matrix `(n_rows, n_features)`; see `Door.table`.

    Raises
    ------
    RecordError
        When a column is absent, or holds what it does not take.
    """
    columns = signature.columns
    faults = {column.name: _column_faults(column, frame) for column in columns}
    table = [None if faults[column.name] else Cells(frame[column.name]) for column in columns]
    encoded = encode_table(signature, table, frame.height, are_typed=False)
    for at, wrong in encoded.wrong.items():
        name = columns[at].name
        faults[name] = faults[name] or _cell_faults(columns[at], frame[name], wrong)
    if any(faults.values()):
        raise RecordError(fault for found in faults.values() for fault in found)
    return encoded.matrix


def _column_faults(column: Column, frame: pl.DataFrame) -> list[Violation]:
    if column.name not in frame.columns:
        return [Violation(column.name, f"no such column; {nearest(column.name, frame.columns)}")]
    series = frame[column.name]
    said = misfit(column, series.dtype)
    known = series.drop_nulls()
    return [Violation(column.name, f"{said} such as {shown(known.first())}" if known.len() else said)] if said else []


def _cell_faults(column: Column, series: pl.Series, wrong: NDArray[np.bool_]) -> list[Violation]:
    """Return the first wrong cells of a column."""
    found = series if column.is_written_as_text and holds_texts(series.dtype) else cleaned(column, series)
    rows = np.flatnonzero(wrong)[:_SHOWN_ROWS].tolist()
    return [Violation(column.name, f"expected {expected(column)}, found {shown(found[row])}", row) for row in rows]
