"""A finding, and what findings are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from keepfit.datasets import ColumnFacts
from keepfit.errors import DatasetError
from keepfit.exploration.absences import Absence
from keepfit.exploration.features import FeatureFacts, Rate
from keepfit.exploration.pairs import NumberByCategory, NumberByNumber
from keepfit.signature import Outcome

SHOWN_FINDINGS = 12  # with their figures; the others are a list
ALPHA = 0.05  # of the p-values, which hold for all tests of their kind at once
_LEAST_DIFFERENCE = 0.1  # of the share of the rarer class


class Topic(StrEnum):
    """What a finding is about."""

    TARGET = "target"
    QUALITY = "quality of the data"
    LEAKAGE = "leakage"
    FEATURE = "column and target"
    NUMBERS = "two numbers"
    GROUPS = "number by category"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth saying.

    Attributes
    ----------
    topic
        What it is about.
    columns
        The columns that it names; a figure is drawn of them.
    sentence
        The finding.
    evidence
        The numbers that it rests on.
    strength
        From 0 to 1: what is said of columns and target, and of columns and columns, is ranked by it.
    by_absence
        Whether it speaks of where values are missing, rather than of the values.
    """

    topic: Topic
    columns: tuple[str, ...]
    sentence: str
    evidence: str
    strength: float
    by_absence: bool = False


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What findings are made of; see `Exploration`.

    Attributes
    ----------
    entity, known_after
        As declared.
    refusals
        Why training will refuse columns.
    absent_together
        Columns with missing values, those that are missing in the same rows beside each other.
    """

    rows: int
    duplicates: int | None
    columns: tuple[ColumnFacts, ...]
    outcome: Outcome
    positives: Rate
    entity: str | None
    known_after: tuple[str, ...]
    refusals: Mapping[str, DatasetError]
    absent_together: tuple[tuple[str, ...], ...]
    features: tuple[FeatureFacts, ...]
    absences: tuple[Absence, ...]
    pairs: tuple[NumberByNumber, ...]
    groups: tuple[NumberByCategory, ...]

    def differ(self, most: Rate, least: Rate) -> bool:
        """Whether two rates are clear of each other, and by enough to matter."""
        share = self.positives.rate.value
        is_much = most.rate.value - least.rate.value >= _LEAST_DIFFERENCE * min(share, 1 - share)
        return is_much and most.rate.low > least.rate.high
