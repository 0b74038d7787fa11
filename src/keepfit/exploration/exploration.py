"""The facts of an exploration: what there is to say of a table, before any of it is drawn or told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.columns import ColumnFacts, ColumnKind, describe_columns
from keepfit.datasets.scanning import ScannedTable
from keepfit.evaluation import share_of
from keepfit.exploration.associations import CodedColumn, coded
from keepfit.exploration.features import FeatureFacts, Rate, describe_feature
from keepfit.exploration.findings import Finding, TableFacts, find
from keepfit.exploration.flags import Flags, describe_flags
from keepfit.exploration.pairs import (
    Matrix,
    NumberByCategory,
    NumberByNumber,
    association_matrix,
    numbers_by_categories,
    numbers_by_numbers,
    numeric_values,
)
from keepfit.exploration.periods import Periods, by_period
from keepfit.signature import Outcome

SAMPLE_ROWS = 200_000
_KEPT_PAIRS = 40


@dataclass(frozen=True, slots=True)
class Exploration:
    """A table, described.

    Attributes
    ----------
    rows, duplicates
        Rows of the table, and how many of them repeat an earlier one in every column; None where that was not counted.
    sampled_rows
        Rows that associations were measured on: all of them, or a sample of a large table.
    columns
        Every column, in the table's order.
    outcome, positives
        The target, and its share of the positive class among the rows that have one.
    features
        Every other column with levels against the target, the strongest association first.
    matrix
        Association of all pairs.
    number_pairs, number_groups
        Numbers by numbers and by categories, the strongest first; the weakest are left out.
    periods
        The target over time, for each column of dates that has few of them.
    flags
        The table's flags beside each other; None where it has few.
    findings
        What is worth saying, the most worth first.
    """

    rows: int
    duplicates: int | None
    sampled_rows: int
    columns: tuple[ColumnFacts, ...]
    outcome: Outcome
    positives: Rate
    features: tuple[FeatureFacts, ...]
    matrix: Matrix
    number_pairs: tuple[NumberByNumber, ...]
    number_groups: tuple[NumberByCategory, ...]
    periods: tuple[Periods, ...]
    flags: Flags | None
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return asdict(self)


def explore(
    frame: pl.DataFrame,
    codes: NDArray[np.int8],
    known: NDArray[np.bool_],
    outcome: Outcome,
    *,
    known_after: Sequence[str] = (),
    scanned: ScannedTable | None = None,
    seed: int,
) -> Exploration:
    """Describe a table.

    Parameters
    ----------
    frame
        The table, or the sample of a large one.
    codes, known
        Class 0 or 1 of the rows that have a target `(n_known,)`, and which rows have one `(n_rows,)`.
    outcome
        The target.
    known_after
        Columns that are known only after the event.
    scanned
        What is known of all rows of a large table.
    seed
        Seed of the sample and of the intervals' draws.
    """
    columns = describe_columns(frame)
    if scanned:
        columns = tuple(scanned.completed(column) for column in columns)
    labels = np.full(frame.height, -1, dtype=np.int64)
    labels[known] = codes
    sample, labels = _sample(frame, labels, seed)
    facts = {column.name: column for column in columns}
    levels = [column for column in (coded(sample[name], facts[name]) for name in sample.columns) if column]
    target = CodedColumn(outcome.name, labels, outcome.labels, is_ordered=False)
    others = [column for column in levels if column.name != outcome.name]
    features = [
        describe_feature(sample[column.name], facts[column.name], column, target, seed=seed) for column in others
    ]
    features.sort(key=lambda feature: -feature.association.value)
    numbers = numeric_values(sample, [column.name for column in others if facts[column.name].kind.is_numeric])
    categories = [column for column in others if _is_category(facts[column.name])]
    pairs = numbers_by_numbers(numbers, {column.name: column for column in others}, most=_KEPT_PAIRS)
    groups = numbers_by_categories(numbers, categories, most=_KEPT_PAIRS)
    table = TableFacts(
        rows=scanned.rows if scanned else frame.height,
        duplicates=None if scanned else frame.height - frame.n_unique(),
        columns=columns,
        outcome=outcome,
        positives=Rate(outcome.positive, len(codes), share_of(int(codes.sum()), len(codes))),
        known_after=tuple(known_after),
    )
    return Exploration(
        rows=table.rows,
        duplicates=table.duplicates,
        sampled_rows=sample.height,
        columns=columns,
        outcome=outcome,
        positives=table.positives,
        features=tuple(features),
        matrix=association_matrix([target, *others]),
        number_pairs=pairs,
        number_groups=groups,
        periods=by_period(sample, columns, labels),
        flags=describe_flags(sample, columns),
        findings=find(table, features, pairs, groups),
    )


def _sample(frame: pl.DataFrame, labels: NDArray[np.int64], seed: int) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    if frame.height <= SAMPLE_ROWS:
        return frame, labels
    rows = np.sort(np.random.default_rng(seed).choice(frame.height, SAMPLE_ROWS, replace=False))
    return frame[rows.tolist()], labels[rows]


def _is_category(facts: ColumnFacts) -> bool:
    return facts.kind in (ColumnKind.CATEGORY, ColumnKind.FLAG)
