"""The rows of a table as a check looks at them: as numbers of the door, with their scores and their labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle
from keepfit.errors import DatasetError, MonitoringError
from keepfit.number_text import text_number
from keepfit.scoring import Scorer, history_door
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_door import TableDoor
from keepfit.signature import Signature

PROBABILITY = "probability"
_SHOWN = 5


class ReadRows(NamedTuple):
    """Rows that were read.

    Attributes
    ----------
    matrix
        They as numbers, `(n_rows, n_features)`.
    probability
        Their scores, NaN where there is none, `(n_rows,)`.
    labels
        Their classes 0 or 1, -1 where none is known, `(n_rows,)`.
    """

    matrix: Matrix
    probability: NDArray[np.float64]
    labels: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class WindowReader:
    """What makes numbers of the rows of a table; made by `window_reader`.

    Attributes
    ----------
    door
        The history door for columns of this table.
    reasons
        Says why a value is refused.
    signature
        Of that door.
    scorer
        The champion where it scores the rows, else None.
    target
        The column with the labels; empty where there is none.
    has_scores
        Whether a column `probability` holds the scores that the rows were given; it may be a feature of that name.
    missing_values
        Texts of a CSV that mean: no value.
    where
        What an error names.
    """

    door: TableDoor
    reasons: Refusals
    signature: Signature
    scorer: Scorer | None
    target: str
    has_scores: bool
    missing_values: Sequence[str]
    where: str

    def columns(self, schema: Sequence[str]) -> list[str]:
        """Return the columns of a table that are read."""
        wanted = {*self.door.columns, self.target, *([PROBABILITY] if self.has_scores else [])}
        return [name for name in schema if name in wanted]

    def read(self, frame: pl.DataFrame, first: int = 0) -> ReadRows:
        """Read some rows.

        Parameters
        ----------
        frame
            The rows, with the columns that are read.
        first
            Number of the first of them in the table, from 0.

        Raises
        ------
        MonitoringError
            When a value is none of its column's.
        """
        matrix = self.matrix(frame, first)
        return ReadRows(matrix, self._probability(frame, matrix, first), self._labels(frame, first))

    def matrix(self, frame: pl.DataFrame, first: int = 0) -> Matrix:
        """Return rows as numbers alone; see `read`."""
        cells = self.door.cells(frame)
        encoded = self.door.encoded(cells, frame.height)
        if encoded.wrong:
            refused = self.door.refused(frame, cells, encoded.wrong)
            told = self.reasons.table(refused[:_SHOWN])
            said = "; ".join(f"row {row + first + 1}, {field}: {reason}" for row, field, reason in told.iter_rows())
            others = len(refused) - _SHOWN
            more = f"; and {others} more up to row {first + frame.height}" if others > 0 else ""
            raise MonitoringError(said + more, where=self.where, hint="mend the values, or leave the rows out")
        return encoded.matrix

    def _probability(self, frame: pl.DataFrame, matrix: Matrix, first: int) -> NDArray[np.float64]:
        if self.scorer is not None:
            return self.scorer.probabilities(matrix)
        if not self.has_scores:
            return np.full(frame.height, np.nan)
        given = frame[PROBABILITY]
        texts = given.dtype == pl.String
        if texts:
            given = given.set(given.str.strip_chars().is_in(["", *self.missing_values]), None)
        found = given.cast(pl.Float64, strict=False) if texts or given.dtype.is_numeric() else None
        if found is None or (found.is_null() & given.is_not_null()).any():
            row = 0 if found is None else int((found.is_null() & given.is_not_null()).arg_max() or 0)
            raise MonitoringError(
                f"row {row + first + 1}, {PROBABILITY}: {given[row]!r} is no number",
                where=self.where,
                hint="probabilities are from 0 to 1; leave it empty where there is none",
            )
        numbers = found.fill_null(np.nan).to_numpy()
        wrong = np.flatnonzero((numbers < 0) | (numbers > 1))
        if len(wrong):
            said = f"row {wrong[0] + first + 1}, {PROBABILITY}: {numbers[wrong[0]]:g} is no probability"
            raise MonitoringError(said, where=self.where, hint="probabilities are from 0 to 1")
        return numbers

    def _labels(self, frame: pl.DataFrame, first: int) -> NDArray[np.int8]:
        if not self.target:
            return np.full(frame.height, -1, dtype=np.int8)
        series = frame[self.target]
        values = (series.fill_nan(None) if series.dtype.is_float() else series).to_list()
        codes = {value: label_code(self.signature, value, self.missing_values) for value in set(values)}
        found = [codes[value] for value in values]
        if None in found:
            row, classes = found.index(None), " nor ".join(self.signature.outcome.labels)
            raise MonitoringError(
                f"row {row + first + 1}, {self.target}: {values[row]!r} is neither {classes}",
                where=self.where,
                hint="leave it empty where the outcome is not known",
            )
        return np.array(found, dtype=np.int8)


def window_reader(
    champion: Bundle,
    schema: Mapping[str, pl.DataType],
    *,
    scores: bool,
    where: str,
    runs_pipelines: bool = False,
    missing_values: Sequence[str] | None = None,
) -> WindowReader:
    """Return what reads the rows of a table.

    A column `probability` holds the scores that the rows were given. Without one the champion scores them where the
    table has the target, or when it is asked for.

    Parameters
    ----------
    champion
        Whose columns they are held to.
    schema
        Names and types of the table's columns.
    scores
        Whether the champion scores rows that have no probability.
    where
        What an error names.
    runs_pipelines
        Whether the champion may be a pipeline, run in a process of its own.
    missing_values
        Of a table whose values are texts of a CSV, those that mean: no value; None for a table with types.

    Raises
    ------
    DatasetError
        When the table lacks a column of the model, holds one of another type, or is to be scored and has scores.
    """
    signature = history_door(champion.facts.signature).signature
    door = TableDoor(signature, schema, missing_values=missing_values, where=where)
    require_present(door.absent, where)
    target = signature.outcome.name if signature.outcome.name in schema else ""
    has_scores = PROBABILITY in schema and PROBABILITY not in (*signature.names, signature.outcome.name)
    if scores and has_scores:
        hint = f"leave --score out, or give it without {PROBABILITY}"
        raise DatasetError(f"has a column {PROBABILITY}: its rows are scored", where=where, hint=hint)
    for name in (*([target] if target else []), *([PROBABILITY] if has_scores else [])):
        if schema[name].is_nested():
            raise DatasetError(f"{name} holds {schema[name]}", where=where, hint="give it a plain value for each row")
    scorer = None
    if (scores or target) and not has_scores:
        scorer = Scorer(champion, runs_pipelines=runs_pipelines)
    return WindowReader(
        door,
        Refusals(signature),
        signature,
        scorer,
        target,
        has_scores=has_scores,
        missing_values=missing_values or (),
        where=where,
    )


def require_present(absent: Sequence[str], where: str) -> None:
    """Refuse a table that lacks columns.

    Raises
    ------
    DatasetError
        When there are such.
    """
    if absent:
        raise DatasetError(
            f"lacks {', '.join(absent[:_SHOWN])}, which the champion takes",
            where=where,
            hint="a window has every column of the model; one that is always missing may be empty",
        )


def label_code(signature: Signature, value: object, missing_values: Sequence[str] = ()) -> int | None:
    """Return the class of a label of a table, -1 where there is no value, None where it is neither class.

    A CSV holds texts only: `1.0` stands for 1, and a blank text for no value.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return -1
    if isinstance(value, str) and (not value.strip() or value in missing_values):
        return -1
    if isinstance(value, Decimal):
        value = float(value)
    code = signature.outcome.code(value)
    number = text_number(value.strip()) if code is None and isinstance(value, str) else None
    return code if number is None else signature.outcome.code(number)
