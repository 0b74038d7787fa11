"""Scoring the rows of a table, batch by batch: answers for those that the door takes, reasons for all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.errors import DatasetError, nearest
from keepfit.scoring.columns import Cells, EncodedTable, encode_table, misfit
from keepfit.scoring.refusals import RefusedValue
from keepfit.scoring.scorer import Scorer
from keepfit.scoring.texts import cells_of
from keepfit.scoring.values import Matrix
from keepfit.signature import Column

_SHOWN_FAULTS = 5


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """Some rows of a table, scored.

    Attributes
    ----------
    accepted
        Places of the rows that the door takes, ascending; None when it takes all.
    matrix
        Their numbers, `(n_accepted, n_features)`.
    answers
        Their answers, as the service would answer.
    refused
        What is wrong with the other rows: each value that is refused, by rows and then by columns.
    """

    accepted: NDArray[np.intp] | None
    matrix: Matrix
    answers: pl.DataFrame
    refused: list[RefusedValue]


class TableScorer:
    """Scores batches of one table.

    Safe to use from several threads.

    Parameters
    ----------
    scorer
        The model.
    schema
        Names and types of the table's columns; others than the model's are passed over.
    missing_values
        Of a table whose values are texts of a CSV, those that mean: no value; None for a table with types.
    where
        What an error names.

    Raises
    ------
    DatasetError
        When a column that may not be missing is absent, or one is of a type that the model does not take, or none of
        the model's columns is there.
    """

    def __init__(
        self,
        scorer: Scorer,
        schema: Mapping[str, pl.DataType],
        *,
        missing_values: Sequence[str] | None = None,
        where: str = "",
    ) -> None:
        self._scorer = scorer
        self._signature = scorer.door.signature
        self._missing_values = missing_values
        self.absent = tuple(name for name in self._signature.names if name not in schema)
        self._require_columns(schema, where)

    @property
    def answer_schema(self) -> dict[str, pl.DataType]:
        """Names and types of the columns of the answers."""
        return {"probability": pl.Float64(), "decision": pl.String(), "model_version": pl.String()}

    @property
    def columns(self) -> list[str]:
        """The columns of the table that are looked at."""
        return [name for name in self._signature.names if name not in self.absent]

    def score(self, frame: pl.DataFrame) -> ScoredRows:
        """Score some rows; each gets what it gets alone, and in any other company."""
        table = [self._cells(column, frame) for column in self._signature.columns]
        encoded = encode_table(self._signature, table, frame.height)
        if not encoded.wrong:
            return ScoredRows(None, encoded.matrix, self._answers(encoded.matrix), [])
        accepted = np.flatnonzero(~np.logical_or.reduce(list(encoded.wrong.values())))
        matrix = encoded.matrix[accepted]
        return ScoredRows(accepted, matrix, self._answers(matrix), self._refused(frame, table, encoded))

    def _require_columns(self, schema: Mapping[str, pl.DataType], where: str) -> None:
        if len(self.absent) == len(self._signature.columns):
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
            return misfit(column, schema[column.name]) if self._missing_values is None else ""
        return "" if column.optional else f"no such column, {nearest(column.name, schema)}"

    def _cells(self, column: Column, frame: pl.DataFrame) -> Cells | None:
        if column.name in self.absent:
            return None
        series = frame[column.name]
        return Cells(series) if self._missing_values is None else cells_of(column, series, self._missing_values)

    def _answers(self, matrix: Matrix) -> pl.DataFrame:
        found = self._scorer.probabilities(matrix) if len(matrix) else np.empty(0)
        negative, positive = self._scorer.labels
        probability = pl.col("probability")
        return pl.DataFrame({"probability": found}).with_columns(
            pl.when(probability >= self._scorer.threshold)
            .then(pl.lit(positive))
            .otherwise(pl.lit(negative))
            .alias("decision"),
            pl.lit(str(self._scorer.version)).alias("model_version"),
        )

    def _refused(self, frame: pl.DataFrame, table: Sequence[Cells | None], encoded: EncodedTable) -> list[RefusedValue]:
        found: list[RefusedValue] = []
        for at, wrong in encoded.wrong.items():
            rows = np.flatnonzero(wrong)
            values = _given(frame[self._signature.names[at]], table[at], rows)
            found += [RefusedValue(row, at, value) for row, value in zip(rows.tolist(), values, strict=True)]
        return sorted(found, key=lambda one: (one.row, one.at))


def _given(series: pl.Series, cells: Cells | None, rows: NDArray[np.intp]) -> list[Any]:
    """Return values of a column as a request would bring them: what was read, else the text."""
    if cells is None or cells.unread is None:
        return (cells.values if cells else series).gather(rows).to_list()
    read, texts = cells.values.gather(rows).to_list(), series.gather(rows).to_list()
    unread = cells.unread.gather(rows)
    return [text if is_text else value for value, text, is_text in zip(read, texts, unread, strict=True)]
