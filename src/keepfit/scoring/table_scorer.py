"""Scoring the rows of a table, batch by batch: answers for those that the door takes, reasons for all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.scoring.recommending import Answers
from keepfit.scoring.refusals import RefusedValue
from keepfit.scoring.scorer import Scorer
from keepfit.scoring.table_door import TableDoor


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
        self._door = TableDoor(scorer.door.signature, schema, missing_values=missing_values, where=where)

    @property
    def absent(self) -> tuple[str, ...]:
        """The columns of the model that the table lacks."""
        return self._door.absent

    @property
    def answer_schema(self) -> dict[str, pl.DataType]:
        """Names and types of the columns of the answers."""
        return {"probability": pl.Float64(), "decision": pl.String(), "model_version": pl.String()}

    @property
    def columns(self) -> list[str]:
        """The columns of the table that are looked at."""
        return self._door.columns

    def score(self, frame: pl.DataFrame) -> ScoredRows:
        """Score some rows; each gets what it gets alone, and in any other company."""
        table = self._door.cells(frame)
        encoded = self._door.encoded(table, frame.height)
        if not encoded.wrong:
            return ScoredRows(None, encoded.matrix, self._answers(encoded.matrix), [])
        accepted = np.flatnonzero(~np.logical_or.reduce(list(encoded.wrong.values())))
        matrix = encoded.matrix[accepted]
        refused = self._door.refused(frame, table, encoded.wrong)
        return ScoredRows(accepted, matrix, self._answers(matrix), refused)

    def _answers(self, matrix: Matrix) -> pl.DataFrame:
        answers = self._recommended(matrix) if self._scorer.recommending is not None else self._decided(matrix)
        return answers.with_columns(pl.lit(str(self._scorer.version)).alias("model_version"))

    def _decided(self, matrix: Matrix) -> pl.DataFrame:
        found = self._scorer.probabilities(matrix) if len(matrix) else np.empty(0)
        negative, positive = self._scorer.labels
        is_positive = pl.col("probability") >= self._scorer.threshold
        decision = pl.when(is_positive).then(pl.lit(positive)).otherwise(pl.lit(negative)).alias("decision")
        return pl.DataFrame({"probability": found}).with_columns(decision)

    def _recommended(self, matrix: Matrix) -> pl.DataFrame:
        answers = self._scorer.answers(matrix) if len(matrix) else Answers([], [])
        schema = {name: kind for name, kind in self.answer_schema.items() if name != "model_version"}
        return pl.DataFrame({"probability": answers.probability, "decision": answers.decision}, schema=schema)
