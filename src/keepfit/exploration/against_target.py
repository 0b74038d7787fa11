"""Every column against the target: what its values say of it, and what it says that they are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from keepfit.datasets import SAMPLE_ROWS, ColumnFacts
from keepfit.exploration.absences import Absence, describe_absences
from keepfit.exploration.associations import corrected
from keepfit.exploration.features import FeatureFacts, describe_feature
from keepfit.exploration.levels import CodedColumn, Codes, coded
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome


@dataclass(frozen=True, slots=True)
class AgainstTarget:
    """What columns say of the target.

    Attributes
    ----------
    classes, columns
        The target, and every other column with levels, in the table's order; the entity is none of them.
    features
        These columns against the target, the strongest association first.
    absences
        Missing values against the target. The p-values of these and of `features` hold for all of them at once.
    """

    classes: CodedColumn
    columns: tuple[CodedColumn, ...]
    features: tuple[FeatureFacts, ...]
    absences: tuple[Absence, ...]


def sampled(frame: pl.DataFrame, labels: Codes, seed: int) -> tuple[pl.DataFrame, Codes]:
    """Return a table and its labels, or of a large one a sample of its rows, in their order."""
    if frame.height <= SAMPLE_ROWS:
        return frame, labels
    rows = np.sort(np.random.default_rng(seed).choice(frame.height, SAMPLE_ROWS, replace=False))
    return frame[rows.tolist()], labels[rows]


def against_target(
    sample: pl.DataFrame,
    labels: Codes,
    columns: Sequence[ColumnFacts],
    together: Sequence[Sequence[str]],
    *,
    outcome: Outcome,
    section: DataSection,
) -> AgainstTarget:
    """Hold every column of a table against its target.

    Parameters
    ----------
    sample, labels
        The rows, and class 0 or 1 of each, -1 without one, `(n_rows,)`.
    columns
        The facts of their columns.
    together
        Columns that are missing in the same rows.
    outcome, section
        The target, and what the project declares.
    """
    facts = {column.name: column for column in columns}
    left_out = (outcome.name, section.entity)
    classes = CodedColumn(outcome.name, labels, outcome.labels)
    others = tuple(_levels(sample, facts, left_out))
    features = [describe_feature(sample[column.name], facts[column.name], column, classes) for column in others]
    absences = describe_absences(sample, list(_without(together, left_out)), labels)
    tests = [test for feature in features for test in (feature.association, feature.area) if test]
    found = iter(corrected(tests + [absence.association for absence in absences]))
    features = [
        replace(feature, association=next(found), area=next(found) if feature.area else None) for feature in features
    ]
    features.sort(key=lambda feature: -feature.association.value)
    absences = tuple(replace(absence, association=next(found)) for absence in absences)
    return AgainstTarget(classes, others, tuple(features), absences)


def _levels(
    frame: pl.DataFrame, facts: dict[str, ColumnFacts], left_out: Sequence[str | None]
) -> Iterator[CodedColumn]:
    for series in frame:
        levels = None if series.name in left_out else coded(series, facts[series.name])
        if levels:
            yield levels


def _without(together: Sequence[Sequence[str]], left_out: Sequence[str | None]) -> Iterator[list[str]]:
    """Yield columns that are missing together, without those that are left out."""
    for names in together:
        kept = [name for name in names if name not in left_out]
        if kept:
            yield kept
