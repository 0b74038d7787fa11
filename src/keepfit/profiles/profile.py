"""The profile of a table: its columns, and what a model answered to its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.errors import MonitoringError
from keepfit.profiles.category import CategoryProfile, category_profile
from keepfit.profiles.column import ColumnProfile, column_from_dict
from keepfit.profiles.number import NumberProfile, number_profile
from keepfit.profiles.output import OutputProfile, output_profile
from keepfit.signature import Column, Kind, Signature

_FORMAT = 2
_FLAG_LABELS = ("false", "true")
_AGAIN = "train again, or count it again"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a table looked like.

    Attributes
    ----------
    rows
        How many rows were counted.
    columns
        A profile for each feature, in the signature's order.
    outputs
        One for each target.
    """

    rows: int
    columns: tuple[ColumnProfile, ...]
    outputs: tuple[OutputProfile, ...]

    @property
    def bins(self) -> str:
        """What its bins are, as a digest: profiles with the same one can be compared and added up."""
        columns = [_column_bins(column) for column in self.columns]
        outputs = [(one.name, one.classes, one.threshold, *_column_bins(one.score)) for one in self.outputs]
        return hashlib.sha256(msgspec.json.encode([columns, outputs])).hexdigest()

    def without(self, names: Collection[str]) -> Profile:
        """Return it without some columns."""
        return replace(self, columns=tuple(column for column in self.columns if column.name not in names))

    def scaled(self, factor: float) -> Profile:
        """Return it with every count multiplied: as if so many times the rows had been counted."""
        columns = tuple(column.scaled(factor) for column in self.columns)
        return Profile(round(self.rows * factor), columns, tuple(output.scaled(factor) for output in self.outputs))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        columns = [column.to_dict() for column in self.columns]
        outputs = [output.to_dict() for output in self.outputs]
        return {"format": _FORMAT, "rows": self.rows, "columns": columns, "outputs": outputs}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any], *, where: str = "profile.json") -> Profile:
        """Rebuild a profile from `to_dict`'s form.

        Raises
        ------
        MonitoringError
            When the facts are no profile, or one of another format.
        """
        try:
            form = facts.get("format", 1)
            if form == _FORMAT:
                return cls(msgspec.convert(facts["rows"], int), *_parts(facts))
        except (AttributeError, KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
            raise MonitoringError(f"it is no profile ({error})", where=where, hint=_AGAIN) from error
        raise MonitoringError(f"is of format {form}, this version reads {_FORMAT}", where=where, hint=_AGAIN)


def _parts(facts: Mapping[str, Any]) -> tuple[tuple[ColumnProfile, ...], tuple[OutputProfile, ...]]:
    """Return the columns and outputs of a profile in JSON types, every row of it counted in each column."""
    columns = tuple(column_from_dict(column) for column in facts["columns"])
    for column in columns:
        if column.rows != facts["rows"]:
            raise ValueError(f"{column.name}: {column.rows} of {facts['rows']} rows are counted")
    return columns, tuple(OutputProfile.from_dict(output) for output in facts["outputs"])


def build_profile(
    signature: Signature,
    matrix: Matrix,
    probability: Floats,
    *,
    labels: Labels | None = None,
    outputs: Sequence[str] = (),
    thresholds: Sequence[float | None] = (),
) -> Profile:
    """Profile reference rows.

    Parameters
    ----------
    signature
        Columns of the matrix.
    matrix
        Rows from the door, `(n_rows, n_features)`.
    probability
        What the model answered on rows that it was not fitted on, `(n_scores,)` or `(n_scores, n_outputs)`: on those
        that it was fitted on its answers are surer than they will ever be again.
    labels
        What was true of those rows, 1 or 0, in the same shape; -1 where it is not known.
    outputs
        Names of several targets; empty for that of the signature.
    thresholds
        From which probability on each is decided positive; empty where it is not known.
    """
    _require_columns(len(signature.columns), matrix)
    columns = tuple(_reference(column, matrix[:, at]) for at, column in enumerate(signature.columns))
    classes = ("no", "yes") if outputs else signature.outcome.labels
    outputs = outputs or (signature.outcome.name,)
    thresholds = thresholds or (None,) * len(outputs)
    answered = [
        output_profile(name, scores, known, threshold=threshold, score_name=_score_name(name, outputs), classes=classes)
        for name, threshold, (scores, known) in zip(
            outputs, thresholds, _by_output(probability, labels, len(outputs)), strict=True
        )
    ]
    return Profile(len(matrix), columns, tuple(answered))


def count_window(reference: Profile, matrix: Matrix, probability: Floats, labels: Labels | None = None) -> Profile:
    """Profile other rows in the bins of a reference.

    Parameters
    ----------
    reference
        The bins.
    matrix
        Rows from the door, `(n_rows, n_features)`.
    probability, labels
        As for `build_profile`, one for each row.

    Raises
    ------
    MonitoringError
        When the rows have another number of columns.
    """
    _require_columns(len(reference.columns), matrix)
    if len(matrix) != len(probability):
        raise ValueError(f"{len(matrix)} rows have {len(probability)} scores")
    columns = tuple(column.count(matrix[:, at]) for at, column in enumerate(reference.columns))
    pairs = zip(reference.outputs, _by_output(probability, labels, len(reference.outputs)), strict=True)
    return Profile(len(matrix), columns, tuple(output.count(scores, known) for output, (scores, known) in pairs))


def merge(first: Profile, second: Profile) -> Profile:
    """Return the profile of both sets of rows together; counts add exactly.

    Raises
    ------
    MonitoringError
        When they were not counted in the same bins.
    """
    try:
        columns = tuple(_merged(a, b) for a, b in zip(first.columns, second.columns, strict=True))
        outputs = tuple(a.merged(b) for a, b in zip(first.outputs, second.outputs, strict=True))
    except ValueError as error:
        raise MonitoringError(str(error), where="profiles", hint="count both with the same reference") from error
    return Profile(first.rows + second.rows, columns, outputs)


def _column_bins(column: ColumnProfile) -> tuple[Any, ...]:
    """Return what columns with the same bins have in common."""
    if isinstance(column, NumberProfile):
        return column.name, column.edges, column.is_date
    return column.name, column.labels, column.codes, column.vocabulary


def _merged(first: ColumnProfile, second: ColumnProfile) -> ColumnProfile:
    if first.name == second.name:
        if isinstance(first, NumberProfile) and isinstance(second, NumberProfile):
            return first.merged(second)
        if isinstance(first, CategoryProfile) and isinstance(second, CategoryProfile):
            return first.merged(second)
    raise ValueError(f"{first.name} and {second.name} are different columns")


def _reference(column: Column, values: Matrix) -> ColumnProfile:
    if column.kind.is_ordered:
        return number_profile(column.name, values, is_date=column.kind is Kind.DATE)
    return category_profile(column.name, column.categories if column.kind is Kind.CATEGORY else _FLAG_LABELS, values)


def _score_name(output: str, outputs: Sequence[str]) -> str:
    return "probability" if len(outputs) == 1 else f"probability of {output}"


def _by_output(probability: Floats, labels: Labels | None, outputs: int) -> list[tuple[Floats, Labels | None]]:
    """Return scores and labels of each output."""
    scores = probability.reshape(len(probability), outputs)
    if labels is None:
        return [(scores[:, at], None) for at in range(outputs)]
    known = labels.reshape(len(probability), outputs)
    return [(scores[:, at], known[:, at]) for at in range(outputs)]


def _require_columns(columns: int, matrix: Matrix) -> None:
    if matrix.ndim != 2 or matrix.shape[1] != columns:  # noqa: PLR2004 - a matrix
        raise MonitoringError(
            f"{matrix.shape} values do not fit {columns} columns",
            where="window",
            hint="it was recorded with another signature: check again after the next promotion",
        )
