"""What the service tells Prometheus of itself.

Every label has a bounded set of values, whatever callers send: routes are those of the service, columns those of the
signature, decisions its two labels.
"""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from keepfit.monitoring.shared_metrics import shared_registry
from keepfit.signature import Kind, Signature

_DURATION_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SCORE_BUCKETS = tuple(tenth / 10 for tenth in range(1, 11))


class ServiceMeters:
    """The counters, gauges and histograms of a service, in a registry of their own; a label tells projects apart.

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
        self.requests = Counter(
            "keepfit_requests",
            "HTTP requests answered.",
            ["project", "route", "method", "status"],
            registry=self.registry,
        )
        self.duration = Histogram(
            "keepfit_request_duration_seconds",
            "Time from a request's first byte to its answer.",
            ["project", "route"],
            buckets=_DURATION_BUCKETS,
            registry=self.registry,
        )
        self.predictions = Counter(
            "keepfit_predictions",
            "Predictions answered.",
            ["project", "model_version", "decision"],
            registry=self.registry,
        )
        self.score = Histogram(
            "keepfit_prediction_probability",
            "Probability of the positive class.",
            ["project", "model_version"],
            buckets=_SCORE_BUCKETS,
            registry=self.registry,
        )
        self.values = Counter(
            "keepfit_unusual_values",
            "Values that were scored although missing, or outside of the training vocabulary or range.",
            ["project", "column", "reason"],
            registry=self.registry,
        )
        self.shadows = Counter(
            "keepfit_shadow_predictions",
            "Answers that a challenger would have given.",
            ["project", "model_version", "decision"],
            registry=self.registry,
        )
        self.shadows_left_out = Counter(
            "keepfit_shadow_predictions_left_out",
            "Records that a challenger did not score: its door refused them, or it could not keep up.",
            ["project"],
            registry=self.registry,
        )
        self.labels = Counter("keepfit_labels", "Labels received.", ["project", "matched"], registry=self.registry)
        self.swaps = Counter(
            "keepfit_model_swaps",
            "New champions, taken or refused.",
            ["project", "outcome"],
            registry=self.registry,
        )
        self.model = Gauge(
            "keepfit_model_info",
            "1 for the champion that answers, and for the challenger beside it; its form is graph or pipeline.",
            ["project", "role", "model_version", "form"],
            registry=self.registry,
            multiprocess_mode="max",
        )
        self.pending = Gauge(
            "keepfit_journal_pending_rows",
            "Rows that wait for their commit.",
            ["project"],
            registry=self.registry,
            multiprocess_mode="sum",
        )
        self.spilled = Gauge(
            "keepfit_journal_spilled_rows",
            "Rows in local files while the journal's database is away.",
            ["project"],
            registry=self.registry,
            multiprocess_mode="sum",
        )
        self.dropped = Counter(
            "keepfit_journal_dropped_rows",
            "Rows that were answered and left out of the journal: durability is off.",
            ["project"],
            registry=self.registry,
        )

    def exposition(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self.registry if self._shared is None else shared_registry(self._shared))


class ServiceMetrics:
    """What one project of a service counts.

    Parameters
    ----------
    project
        The label that all of it carries; empty for what belongs to no project.
    meters
        The service's.
    """

    def __init__(self, project: str, meters: ServiceMeters) -> None:
        self._project = project
        self._meters = meters
        # a child is looked up once: `labels` costs as much as all counting of a request
        self._routes: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._versions: dict[int, _VersionCounters] = {}
        self._shown: dict[str, tuple[str, str]] = {}
        self._dropped = 0

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key = (route, method, status)
        counters = self._routes.get(key)
        if counters is None:
            counted = self._meters.requests.labels(self._project, route, method, str(status))
            counters = self._routes[key] = counted, self._meters.duration.labels(self._project, route)
        counters[0].inc()
        counters[1].observe(seconds)

    def count_predictions(
        self, version: int, made: Sequence[Scored], signature: Signature, matrix: NDArray[np.float32]
    ) -> None:
        """Count predictions that were answered.

        Parameters
        ----------
        version
            Of the model that answered them.
        made
            The answers.
        signature, matrix
            What was scored, as it came through the door of that model.
        """
        counters = self._versions.get(version)
        if counters is None:
            counters = self._versions[version] = self._of_version(version, signature)
        for decision, count in Counts(one.decision for one in made).items():
            counters.decisions[decision].inc(count)
        for one in made:
            counters.score.observe(one.probability)
        for column, reason, count in counters.usual.exceptions(matrix):
            self._meters.values.labels(self._project, column, reason).inc(count)

    def _of_version(self, version: int, signature: Signature) -> _VersionCounters:
        name = str(version)
        decisions = {
            label: self._meters.predictions.labels(self._project, name, label) for label in signature.outcome.labels
        }
        return _VersionCounters(decisions, self._meters.score.labels(self._project, name), UsualValues(signature))

    def count_shadows(self, shadows: Sequence[Shadow]) -> None:
        """Count answers that a challenger would have given."""
        for one in shadows:
            self._meters.shadows.labels(self._project, str(one.model_version), one.decision).inc()

    def count_shadows_left_out(self, records: int) -> None:
        """Count records that a challenger did not score."""
        if records:
            self._meters.shadows_left_out.labels(self._project).inc(records)

    def count_labels(self, matched: int, unmatched: int) -> None:
        """Count labels that were received."""
        self._meters.labels.labels(self._project, "yes").inc(matched)
        self._meters.labels.labels(self._project, "no").inc(unmatched)

    def count_swap(self, outcome: str) -> None:
        """Count a swap: `done` or `refused`."""
        self._meters.swaps.labels(self._project, outcome).inc()

    def show_model(self, role: str, model: Shown | None) -> None:
        """Show which version has a role, `champion` or `challenger`; None for none."""
        before = self._shown.pop(role, None)
        if before is not None:
            self._meters.model.labels(self._project, role, *before).set(0)  # what workers share cannot be taken away
            self._meters.model.remove(self._project, role, *before)
        if model is not None:
            told = self._shown[role] = str(model.version), model.form
            self._meters.model.labels(self._project, role, *told).set(1)

    def show_journal(self, journal: WritePath) -> None:
        """Show where the rows are that are not in the journal."""
        self._meters.pending.labels(self._project).set(journal.pending)
        self._meters.spilled.labels(self._project).set(journal.spilled)
        self._meters.dropped.labels(self._project).inc(journal.dropped - self._dropped)
        self._dropped = journal.dropped


class WritePath(Protocol):
    """The way into the journal, as it is shown."""

    @property
    def pending(self) -> int:
        """Rows that wait for their commit."""

    @property
    def spilled(self) -> int:
        """Rows in local files while the database is away."""

    @property
    def dropped(self) -> int:
        """Rows that were left out."""


class Shown(Protocol):
    """A model, as it is shown."""

    @property
    def version(self) -> int:
        """Its number."""

    @property
    def form(self) -> str:
        """What it is: `graph` or `pipeline`."""


class Shadow(Protocol):
    """An answer that nobody was given, as it is counted."""

    @property
    def model_version(self) -> int:
        """Of the challenger."""

    @property
    def decision(self) -> str:
        """The label that it leads to."""


class Scored(Protocol):
    """An answer, as it is counted."""

    @property
    def probability(self) -> float:
        """Of the positive class."""

    @property
    def decision(self) -> str:
        """The label that it leads to."""


@dataclass(frozen=True, slots=True)
class _VersionCounters:
    """What is counted of one model version."""

    decisions: Mapping[str, Counter]
    score: Histogram
    usual: UsualValues


UnusualValues = list[tuple[str, str, int]]


class UsualValues:
    """What training has shown of each column.

    Parameters
    ----------
    signature
        Ranges and vocabularies.
    """

    def __init__(self, signature: Signature) -> None:
        self._columns = signature.columns
        self._lows, self._highs = _limits(signature)

    def exceptions(self, matrix: NDArray[np.float32]) -> UnusualValues:
        """Count missing, unseen and out-of-range values of a matrix from the door, as (column, reason, count)."""
        is_usual = (matrix >= self._lows) & (matrix <= self._highs)  # NaN is neither
        if is_usual.all():
            return []
        found: UnusualValues = []
        for at in np.flatnonzero(~is_usual.all(axis=0)).tolist():
            column, values = self._columns[at], matrix[:, at]
            missing = int(np.isnan(values).sum())
            outside = len(values) - int(is_usual[:, at].sum()) - missing
            reason = "unseen" if column.kind is Kind.CATEGORY else "out_of_range"
            found += [(column.name, "missing", missing)] if missing else []
            found += [(column.name, reason, outside)] if outside else []
        return found


def unusual_values(signature: Signature, matrix: NDArray[np.float32]) -> UnusualValues:
    """Count missing, unseen and out-of-range values of a matrix from the door, as (column, reason, count)."""
    return UsualValues(signature).exceptions(matrix)


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
