"""Batches of one table at the door: its columns looked at once, its rows as numbers batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.errors import DatasetError, nearest
from keepfit.scoring.columns import Cells, EncodedTable, encode_table, misfit
from keepfit.scoring.refusals import RefusedValue
from keepfit.scoring.texts import cells_of
from keepfit.signature import Column, Signature

_SHOWN_FAULTS = 5


class TableDoor:
    """Takes batches of one table.

    Safe to use from several threads.

    Attributes
    ----------
    absent
        The columns that the table lacks; the past of a panel's rows, which a table need not tell, is not among them.

    Parameters
    ----------
    signature
        What the table is held to.
    schema
        Names and types of the table's columns; others than the signature's are passed over.
    missing_values
        Of a table whose values are texts of a CSV, those that mean: no value; None for a table with types.
    where
        What an error names.

    Raises
    ------
    DatasetError
        When a column that may not be missing is absent, or one is of a type that the signature does not take, or none
        of its columns is there.
    """

    def __init__(
        self,
        signature: Signature,
        schema: Mapping[str, pl.DataType],
        *,
        missing_values: Sequence[str] | None = None,
        where: str = "",
    ) -> None:
        self._signature = signature
        self._missing_values = missing_values
        self._present = [name for name in signature.names if name in schema]
        self._require_columns(schema, where)

    @property
    def columns(self) -> list[str]:
        """The columns of the table that are looked at."""
        return self._present

    @property
    def absent(self) -> tuple[str, ...]:
        """The columns of a record that the table lacks; those of the past are made."""
        return tuple(column.name for column in self._signature.sent_columns if column.name not in self._present)

    def cells(self, frame: pl.DataFrame) -> list[Cells | None]:
        """Return some rows as columns of cells, None for those that are absent."""
        return [self._cells(column, frame) for column in self._signature.columns]

    def encoded(self, table: Sequence[Cells | None], rows: int) -> EncodedTable:
        """Return so many rows of cells as numbers."""
        return encode_table(self._signature, table, rows)

    def refused(
        self, frame: pl.DataFrame, table: Sequence[Cells | None], wrong: Mapping[int, NDArray[np.bool_]]
    ) -> list[RefusedValue]:
        """Return each value that is refused, by rows and then by columns."""
        found: list[RefusedValue] = []
        for at, is_wrong in wrong.items():
            rows = np.flatnonzero(is_wrong)
            values = _given(frame[self._signature.names[at]], table[at], rows)
            found += [RefusedValue(row, at, value) for row, value in zip(rows.tolist(), values, strict=True)]
        return sorted(found, key=lambda one: (one.row, one.at))

    def _require_columns(self, schema: Mapping[str, pl.DataType], where: str) -> None:
        if not self._present:
            said = f"has none of the model's columns: {nearest('', self._signature.names)}"
            raise DatasetError(said, where=where, hint="is it the right file?")
        faults = [
            f"{column.name}: {said}" for column in self._signature.columns if (said := self._fault(column, schema))
        ]
        if faults:
            more = len(faults) - _SHOWN_FAULTS
            told = "; ".join(faults[:_SHOWN_FAULTS]) + (f"; and {more} more columns" if more > 0 else "")
            raise DatasetError(told, where=where, hint="mend the table, or train on one of its form")

    def _fault(self, column: Column, schema: Mapping[str, pl.DataType]) -> str:
        if column.name in schema:
            return misfit(column, schema[column.name]) if self._is_typed(column) else ""
        return "" if column.optional else f"no such column, {nearest(column.name, schema)}"

    def _cells(self, column: Column, frame: pl.DataFrame) -> Cells | None:
        if column.name not in self._present:
            return None
        series = frame[column.name]
        return Cells(series) if self._is_typed(column) else cells_of(column, series, self._missing_values or ())

    def _is_typed(self, column: Column) -> bool:
        return self._missing_values is None or column.is_past


def _given(series: pl.Series, cells: Cells | None, rows: NDArray[np.intp]) -> list[Any]:
    """Return values of a column as a request would bring them: what was read, else the text."""
    if cells is None or cells.unread is None:
        return (cells.values if cells else series).gather(rows).to_list()
    read, texts = cells.values.gather(rows).to_list(), series.gather(rows).to_list()
    unread = cells.unread.gather(rows)
    return [text if is_text else value for value, text, is_text in zip(read, texts, unread, strict=True)]
