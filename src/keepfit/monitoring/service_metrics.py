"""What the service tells Prometheus of itself.

Every label has a bounded set of values, whatever callers send: routes are those of the service, columns those of the
signature, decisions its two labels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from keepfit.signature import Kind, Signature

_DURATION_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SCORE_BUCKETS = tuple(tenth / 10 for tenth in range(1, 11))


class ServiceMetrics:
    """Counters, gauges and histograms of one service, in a registry of their own.

    Parameters
    ----------
    project
        The label that they all carry.
    """

    def __init__(self, project: str) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._project = project
        self._requests = Counter(
            "keepfit_requests",
            "HTTP requests answered.",
            ["project", "route", "method", "status"],
            registry=self.registry,
        )
        self._duration = Histogram(
            "keepfit_request_duration_seconds",
            "Time from a request's first byte to its answer.",
            ["project", "route"],
            buckets=_DURATION_BUCKETS,
            registry=self.registry,
        )
        self._predictions = Counter(
            "keepfit_predictions",
            "Predictions answered and journalled.",
            ["project", "model_version", "decision"],
            registry=self.registry,
        )
        self._score = Histogram(
            "keepfit_prediction_probability",
            "Probability of the positive class.",
            ["project", "model_version"],
            buckets=_SCORE_BUCKETS,
            registry=self.registry,
        )
        self._values = Counter(
            "keepfit_unusual_values",
            "Values that were scored although missing, or outside of the training vocabulary or range.",
            ["project", "column", "reason"],
            registry=self.registry,
        )
        self._labels = Counter("keepfit_labels", "Labels received.", ["project", "matched"], registry=self.registry)
        self._swaps = Counter(
            "keepfit_model_swaps",
            "New champions, taken or refused.",
            ["project", "outcome"],
            registry=self.registry,
        )
        self._model = Gauge(
            "keepfit_model_info",
            "1 for the champion that answers.",
            ["project", "model_version"],
            registry=self.registry,
        )
        self._pending = Gauge(
            "keepfit_journal_pending_rows", "Rows that wait for their commit.", ["project"], registry=self.registry
        )

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(self._project, route, method, str(status)).inc()
        self._duration.labels(self._project, route).observe(seconds)

    def count_predictions(
        self, version: int, decisions: Sequence[str], probabilities: Sequence[float], unusual: UnusualValues
    ) -> None:
        """Count predictions that were answered."""
        name = str(version)
        score = self._score.labels(self._project, name)
        for decision, probability in zip(decisions, probabilities, strict=True):
            self._predictions.labels(self._project, name, decision).inc()
            score.observe(probability)
        for column, reason, count in unusual:
            self._values.labels(self._project, column, reason).inc(count)

    def count_labels(self, matched: int, unmatched: int) -> None:
        """Count labels that were received."""
        self._labels.labels(self._project, "yes").inc(matched)
        self._labels.labels(self._project, "no").inc(unmatched)

    def count_swap(self, outcome: str) -> None:
        """Count a swap: `done` or `refused`."""
        self._swaps.labels(self._project, outcome).inc()

    def show_model(self, version: int) -> None:
        """Show which version answers."""
        self._model.clear()
        self._model.labels(self._project, str(version)).set(1)

    def show_pending(self, rows: int) -> None:
        """Show how many rows wait for their commit."""
        self._pending.labels(self._project).set(rows)

    def exposition(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self.registry)


UnusualValues = list[tuple[str, str, int]]


def unusual_values(signature: Signature, matrix: NDArray[np.float32]) -> UnusualValues:
    """Count missing, unseen and out-of-range values of a matrix from the door, as (column, reason, count)."""
    lows, highs = _limits(signature)
    missing = np.isnan(matrix).sum(axis=0)
    outside = ((matrix < lows) | (matrix > highs)).sum(axis=0)
    found: UnusualValues = []
    for at, column in enumerate(signature.columns):
        if missing[at]:
            found.append((column.name, "missing", int(missing[at])))
        if outside[at]:
            reason = "unseen" if column.kind is Kind.CATEGORY else "out_of_range"
            found.append((column.name, reason, int(outside[at])))
    return found


def _limits(signature: Signature) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the least and the greatest usual value of each column of the matrix."""
    lows, highs = [], []
    for column in signature.columns:
        if column.kind.is_ordered:
            lows.append(-np.inf if column.minimum is None else column.minimum)
            highs.append(np.inf if column.maximum is None else column.maximum)
        else:
            lows.append(0.0)
            highs.append(float(len(column.categories) - 1) if column.kind is Kind.CATEGORY else 1.0)
    return np.array(lows, dtype=np.float32), np.array(highs, dtype=np.float32)
