"""Watching: drift, quality, the verdict, their page; and what the service tells Prometheus.

It owns the tests and what they mean together. A verdict is made from profiles and labels alone; only `rolling` reads
the journal, for the service. Nothing here trains or promotes.
"""

from keepfit.monitoring.column_drift import ColumnDrift
from keepfit.monitoring.drift import Drift, compare_profiles
from keepfit.monitoring.quality import Quality, measure
from keepfit.monitoring.state import State
from keepfit.monitoring.verdict import Verdict, judge

__all__ = ["ColumnDrift", "Drift", "Quality", "State", "Verdict", "compare_profiles", "judge", "measure"]
