"""What a check finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keepfit.monitoring.column_history import ColumnHistory
from keepfit.monitoring.concept_shift import ConceptShift
from keepfit.monitoring.domain_classifier import DomainShift
from keepfit.monitoring.drift import Drift
from keepfit.monitoring.exact_distances import ExactDistance
from keepfit.monitoring.expected_quality import ExpectedQuality
from keepfit.monitoring.quality import Quality
from keepfit.monitoring.verdict import Verdict


@dataclass(frozen=True, slots=True)
class RowFindings:
    """What was found in the rows themselves, where it was asked for.

    Attributes
    ----------
    multivariate
        How well a model tells the window from the reference by all columns together.
    exact
        The distance of each column's raw values.
    obstacle
        Why all columns together could not be judged, in words; empty where they were, or were not asked for.
    """

    multivariate: DomainShift | None = None
    exact: Mapping[str, ExactDistance] = field(default_factory=dict)
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class QualityFindings:
    """How good the answers are.

    Attributes
    ----------
    measured
        Of those whose labels have come; None for none.
    expected
        Of those whose labels have not; None where the window has no scores.
    concept
        Whether labels mean what they meant; None without labels.
    """

    measured: Quality | None = None
    expected: ExpectedQuality | None = None
    concept: ConceptShift | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found.

    Attributes
    ----------
    drift, quality
        Of the window.
    rows
        Of its rows themselves.
    verdict
        What that means.
    since
        Since when each drifted column has been so.
    """

    drift: Drift
    quality: QualityFindings
    rows: RowFindings
    verdict: Verdict
    since: Mapping[str, ColumnHistory] = field(default_factory=dict)
