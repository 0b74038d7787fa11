"""Watching: drift, quality, the verdict, their page; and what the service tells Prometheus.

It owns the tests and what they mean together. A verdict is made from profiles and labels alone; only `rolling` and
`past_checks` read the journal. Nothing here trains or promotes.
"""

from keepfit.monitoring.column_drift import ColumnDrift
from keepfit.monitoring.concept_shift import ConceptShift, concept_shift
from keepfit.monitoring.drift import Drift, compare_profiles
from keepfit.monitoring.expected_quality import ExpectedQuality, expected_quality
from keepfit.monitoring.quality import Quality, QualityContext, measure_quality
from keepfit.monitoring.slice_quartiles import reference_quartiles
from keepfit.monitoring.state import State
from keepfit.monitoring.verdict import Verdict, judge

__all__ = [
    "ColumnDrift",
    "ConceptShift",
    "Drift",
    "ExpectedQuality",
    "Quality",
    "QualityContext",
    "State",
    "Verdict",
    "compare_profiles",
    "concept_shift",
    "expected_quality",
    "judge",
    "measure_quality",
    "reference_quartiles",
]
