"""The facts of an exploration: what there is to say of a table, before any of it is drawn or told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from keepfit.datasets import (
    ColumnFacts,
    ColumnKind,
    ScannedTable,
    Target,
    describe_columns,
    refusals,
)
from keepfit.evaluation import share_of
from keepfit.exploration.absences import Absence, absent_together
from keepfit.exploration.against_target import against_target, sampled
from keepfit.exploration.features import FeatureFacts, Rate
from keepfit.exploration.findings import Finding, TableFacts, Topic, find
from keepfit.exploration.flags import Flags, describe_flags
from keepfit.exploration.levels import finite_values
from keepfit.exploration.pairs import (
    Matrix,
    NumberByCategory,
    NumberByNumber,
    association_matrix,
    numbers_by_categories,
    numbers_by_numbers,
)
from keepfit.exploration.panel import PanelFacts
from keepfit.exploration.periods import Periods, by_period
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome

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
        Every other column with levels against the target, the strongest association first; the p-values of these and of
        `absences` hold for all of them at once. The entity is none of them.
    absences
        Missing values against the target.
    matrix
        Association of all pairs.
    number_pairs, number_groups
        Numbers by numbers and by categories, the strongest first; the weakest are left out.
    periods
        The target over time, for each column of dates that has few of them.
    flags
        The table's flags beside each other; None where it has few.
    panel
        What it is over all its months; None where it is no panel.
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
    absences: tuple[Absence, ...]
    matrix: Matrix
    number_pairs: tuple[NumberByNumber, ...]
    number_groups: tuple[NumberByCategory, ...]
    periods: tuple[Periods, ...]
    flags: Flags | None
    panel: PanelFacts | None
    findings: tuple[Finding, ...]

    @property
    def is_scanned(self) -> bool:
        """Whether the table is too large to hold, so that repeated rows were not counted."""
        return self.duplicates is None

    @property
    def leaks(self) -> tuple[Finding, ...]:
        """The columns that know the answer."""
        return tuple(finding for finding in self.findings if finding.topic is Topic.LEAKAGE)

    @property
    def flaws(self) -> tuple[Finding, ...]:
        """What is wrong with the data."""
        return tuple(finding for finding in self.findings if finding.topic is Topic.QUALITY)

    @property
    def relations(self) -> tuple[Finding, ...]:
        """What columns say of the target and of each other, the most worth first."""
        return tuple(finding for finding in self.findings if finding.topic not in (Topic.LEAKAGE, Topic.QUALITY))

    def to_dict(self) -> dict[str, Any]:
        """Return plain types; NaN stays NaN."""
        return asdict(self)


def explore(
    frame: pl.DataFrame,
    target: Target,
    section: DataSection,
    *,
    scanned: ScannedTable | None = None,
    panel: PanelFacts | None = None,
    seed: int,
) -> Exploration:
    """Describe a table.

    Parameters
    ----------
    frame
        The table, or the sample of a large one, after its cleaning.
    target
        Its target.
    section
        What the project declares of its columns.
    scanned
        What is known of all rows of a large table.
    panel
        What is known of all rows of a panel, of which the table are those that teach or are held out.
    seed
        Seed of the sample.
    """
    columns = describe_columns(frame, section)
    if scanned:
        columns = tuple(scanned.completed(column) for column in columns)
    labels = np.full(frame.height, -1, dtype=np.int64)
    labels[target.known] = target.codes
    sample, labels = sampled(frame, labels, seed)
    together = absent_together(frame)
    found = against_target(sample, labels, columns, together, outcome=target.outcome, section=section)
    facts, others = {column.name: column for column in columns}, found.columns
    numbers = {
        column.name: finite_values(sample[column.name]) for column in others if facts[column.name].kind.is_numeric
    }
    categories = [column for column in others if _is_category(facts[column.name])]
    pairs = numbers_by_numbers(numbers, {column.name: column for column in others}, most=_KEPT_PAIRS)
    groups = numbers_by_categories(numbers, categories, most=_KEPT_PAIRS)
    positives = share_of(int(target.codes.sum()), len(target.codes))
    table = TableFacts(
        rows=scanned.rows if scanned else frame.height,
        duplicates=_duplicates(frame, scanned, panel),
        columns=columns,
        outcome=target.outcome,
        positives=Rate(target.outcome.positive, len(target.codes), positives),
        entity=section.entity,
        known_after=tuple(section.known_after),
        refusals=refusals(frame, section),
        absent_together=together,
        features=found.features,
        absences=found.absences,
        pairs=pairs,
        groups=groups,
    )
    return Exploration(
        rows=table.rows,
        duplicates=table.duplicates,
        sampled_rows=sample.height,
        columns=columns,
        outcome=table.outcome,
        positives=table.positives,
        features=found.features,
        absences=found.absences,
        matrix=association_matrix([found.classes, *others]),
        number_pairs=pairs,
        number_groups=groups,
        periods=by_period(sample, columns, labels),
        flags=describe_flags(sample, columns),
        panel=panel,
        findings=find(table),
    )


def _duplicates(frame: pl.DataFrame, scanned: ScannedTable | None, panel: PanelFacts | None) -> int | None:
    if scanned:
        return None
    return 0 if panel else frame.height - frame.n_unique()  # each row of a panel is of another customer or month


def _is_category(facts: ColumnFacts) -> bool:
    return facts.kind in (ColumnKind.CATEGORY, ColumnKind.FLAG)
