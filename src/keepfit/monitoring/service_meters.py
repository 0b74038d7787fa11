"""The counters, gauges and histograms of a service: their names, and what each says.

Every label has a bounded set of values, whatever callers send: routes are those of the service, columns those of the
signature, decisions its two labels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from keepfit.monitoring.request_counts import RequestCounts
from keepfit.monitoring.shared_metrics import shared_registry

disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs; a line more for each counter
_DURATION_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SCORE_BUCKETS = tuple(tenth / 10 for tenth in range(1, 11))
_Together = Literal["max", "sum", "mostrecent"]


class ServiceMeters:
    """All meters of a service, in a registry of their own; the label `project`, which each has, tells projects apart.

    Parameters
    ----------
    shared
        Folder in which the workers of the service count together; None for a service of one process.
    """

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.requests = self._counter("keepfit_requests", "HTTP requests answered.", "route", "method", "status")
        self.duration = self._histogram(
            "keepfit_request_duration_seconds",
            "Time from a request's first byte to its answer.",
            _DURATION_BUCKETS,
            "route",
        )
        self.request_counts = RequestCounts(self.requests, self.duration)
        self.predictions = self._counter("keepfit_predictions", "Predictions answered.", "model_version", "decision")
        self.score = self._histogram(
            "keepfit_prediction_probability", "Probability of the positive class.", _SCORE_BUCKETS, "model_version"
        )
        self.values = self._counter(
            "keepfit_unusual_values",
            "Values that were scored although missing, or outside of the training vocabulary or range.",
            "model_version",
            "column",
            "reason",
        )
        self.features = self._counter(
            "keepfit_feature_values",
            "Values that were scored, by the bin of the reference profile: the upper edge of a number, or the label.",
            "model_version",
            "column",
            "bin",
        )
        self.reference = self._gauge(
            "keepfit_feature_reference_ratio",
            "Share of a bin in the reference: of its known values, and for missing ones of all rows.",
            "max",
            "model_version",
            "column",
            "bin",
        )
        self.scores = self._counter(
            "keepfit_prediction_scores",
            "Probabilities that were answered, by the bin of the reference profile.",
            "model_version",
            "bin",
        )
        self.score_reference = self._gauge(
            "keepfit_prediction_score_reference_ratio",
            "Share of a bin in the probabilities of the reference.",
            "max",
            "model_version",
            "bin",
        )
        self.shadows = self._counter(
            "keepfit_shadow_predictions", "Answers that a challenger would have given.", "model_version", "decision"
        )
        self.shadows_left_out = self._counter(
            "keepfit_shadow_predictions_left_out",
            "Records that a challenger did not score: its door refused them, or it could not keep up.",
        )
        self.labels = self._counter("keepfit_labels", "Labels received.", "matched")
        self.swaps = self._counter("keepfit_model_swaps", "New champions, taken or refused.", "outcome")
        self.model = self._gauge(
            "keepfit_model_info",
            "1 for the champion that answers, and for the challenger beside it; its form is graph or pipeline.",
            "max",
            "role",
            "model_version",
            "form",
        )
        self.created = self._gauge(
            "keepfit_champion_created_timestamp_seconds",
            "When the champion was trained, in seconds since 1970.",
            "mostrecent",
            "model_version",
        )
        self.quality = self._gauge(
            "keepfit_quality_score",
            "A metric of the newest labelled answers of the champion.",
            "mostrecent",
            "model_version",
            "metric",
        )
        self.quality_rows = self._gauge(
            "keepfit_quality_rows",
            "Labelled answers that keepfit_quality_score rests on.",
            "mostrecent",
            "model_version",
        )
        self.floor = self._gauge("keepfit_quality_floor", "F1 below which the project wants an alarm.", "mostrecent")
        self.awaited = self._gauge(
            "keepfit_labels_awaited_since_timestamp_seconds",
            "When the newest label came, or the first answer was given, in seconds since 1970.",
            "mostrecent",
        )
        self.checked = self._gauge(
            "keepfit_check_timestamp_seconds",
            "When the newest check was made, in seconds since 1970.",
            "mostrecent",
            "model_version",
        )
        self.state = self._gauge(
            "keepfit_check_state",
            "1 for the state that the newest check found, of the whole, of drift and of quality; 0 for the others.",
            "mostrecent",
            "model_version",
            "subject",
            "state",
        )
        self.drifted = self._gauge(
            "keepfit_check_drifted_columns",
            "Columns that had drifted at the newest check.",
            "mostrecent",
            "model_version",
        )
        self.pending = self._gauge("keepfit_journal_pending_rows", "Rows that wait for their commit.", "sum")
        self.waiting = self._gauge(
            "keepfit_journal_waiting_seconds", "How long the oldest row has been waiting for its commit.", "max"
        )
        self.commits = self._counter("keepfit_journal_commits", "Commits of predictions; several requests share one.")
        self.spilled = self._gauge(
            "keepfit_journal_spilled_rows", "Rows in local files while the journal's database is away.", "sum"
        )
        self.dropped = self._counter(
            "keepfit_journal_dropped_rows", "Rows that were answered and left out of the journal: durability is off."
        )

    def exposition(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self.registry if self._shared is None else shared_registry(self._shared))

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(name, said, ["project", *labels], registry=self.registry)

    def _gauge(self, name: str, said: str, together: _Together, *labels: str) -> Gauge:
        """Return a gauge; `together` is how those of several workers become one."""
        return Gauge(name, said, ["project", *labels], registry=self.registry, multiprocess_mode=together)

    def _histogram(self, name: str, said: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, said, ["project", *labels], registry=self.registry, buckets=buckets)
