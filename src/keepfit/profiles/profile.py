"""The profile of a table: its columns, and the scores that a model gave its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import MonitoringError
from keepfit.profiles.column import (
    ColumnProfile,
    NumberProfile,
    category_profile,
    column_from_dict,
    number_profile,
)
from keepfit.signature import Column, Kind, Signature

Matrix = NDArray[np.float32]
BINS = 32
SCORE = "probability"
_FLAG_LABELS = ("false", "true")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a table looked like.

    Attributes
    ----------
    rows
        How many rows were counted.
    columns
        A profile for each feature, in the signature's order.
    score
        The profile of the probabilities.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    score: NumberProfile

    def without(self, names: Collection[str]) -> Profile:
        """Return it without some columns."""
        return replace(self, columns=tuple(column for column in self.columns if column.name not in names))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        columns = [column.to_dict() for column in self.columns]
        return {"rows": self.rows, "columns": columns, "score": self.score.to_dict()}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Profile:
        """Rebuild a profile from `to_dict`'s form.

        Raises
        ------
        MonitoringError
            When the facts are no profile.
        """
        try:
            score = column_from_dict(facts["score"])
            columns = tuple(column_from_dict(column) for column in facts["columns"])
            if isinstance(score, NumberProfile):
                return cls(facts["rows"], columns, score)
        except (KeyError, TypeError) as error:
            raise MonitoringError(f"it is no profile ({error})", where="profile.json", hint="train again") from error
        raise MonitoringError("its score is not a number", where="profile.json", hint="train again")


def build_profile(
    signature: Signature, matrix: Matrix, probability: NDArray[np.float64], *, bins: int = BINS
) -> Profile:
    """Profile reference rows.

    Parameters
    ----------
    signature
        Columns of the matrix.
    matrix
        Rows from the door, `(n_rows, n_features)`.
    probability
        What the model answered on rows that it was not fitted on, `(n_scores,)`: on those that it was fitted on its
        answers are surer than they will ever be again.
    bins
        Bins of a number, at the most.
    """
    _require_columns(len(signature.columns), matrix)
    columns = tuple(_reference(column, matrix[:, at], bins) for at, column in enumerate(signature.columns))
    return Profile(len(matrix), columns, number_profile(SCORE, probability, bins))


def count_window(reference: Profile, matrix: Matrix, probability: NDArray[np.float64]) -> Profile:
    """Profile other rows in the bins of a reference.

    Raises
    ------
    MonitoringError
        When the rows have another number of columns.
    """
    _require_columns(len(reference.columns), matrix)
    if len(matrix) != len(probability):
        raise ValueError(f"{len(matrix)} rows have {len(probability)} scores")
    columns = tuple(column.count(matrix[:, at]) for at, column in enumerate(reference.columns))
    return Profile(len(matrix), columns, reference.score.count(probability))


def merge(first: Profile, second: Profile) -> Profile:
    """Return the profile of both sets of rows together; counts add exactly.

    Raises
    ------
    MonitoringError
        When they were not counted in the same bins.
    """
    try:
        columns = tuple(_merged(a, b) for a, b in zip(first.columns, second.columns, strict=True))
        return Profile(first.rows + second.rows, columns, first.score.merged(second.score))
    except ValueError as error:
        raise MonitoringError(str(error), where="profiles", hint="count both with the same reference") from error


def _merged(first: ColumnProfile, second: ColumnProfile) -> ColumnProfile:
    if type(first) is not type(second) or first.name != second.name:
        raise ValueError(f"{first.name} and {second.name} are different columns")
    return first.merged(second)  # type: ignore[arg-type]  # the same kind, as was seen above


def _reference(column: Column, values: Matrix, bins: int) -> ColumnProfile:
    if column.kind.is_ordered:
        return number_profile(column.name, values, bins, is_date=column.kind is Kind.DATE)
    return category_profile(column.name, column.categories if column.kind is Kind.CATEGORY else _FLAG_LABELS, values)


def _require_columns(columns: int, matrix: Matrix) -> None:
    if matrix.ndim != 2 or matrix.shape[1] != columns:  # noqa: PLR2004 - a matrix
        raise MonitoringError(
            f"{matrix.shape} values do not fit {columns} columns",
            where="window",
            hint="it was recorded with another signature: check again after the next promotion",
        )
