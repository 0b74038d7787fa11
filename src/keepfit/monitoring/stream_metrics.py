"""What a stream tells Prometheus: each batch, in a registry and at a port of its own.

A score that is not known, as the AUC of rows of one class, has no series: it is never shown as 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics, start_http_server
from prometheus_client.process_collector import ProcessCollector

from keepfit.errors import StreamError

disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs; a line more for each counter
_HOST = "127.0.0.1"
_SCORES = {
    # by its name in the scores of a batch: its name here, and what it says
    "log_loss": ("log_loss", "Log-loss"),
    "roc_auc": ("auc", "Area under the ROC curve"),
    "f1": ("f1", "F1"),
    "precision": ("precision", "Precision"),
    "recall": ("recall", "Recall"),
}


@dataclass(frozen=True, slots=True)
class ToldBatch:
    """A batch that was predicted by each role, and then learnt.

    Attributes
    ----------
    rows
        That were learnt.
    scores
        By role (`champion`, `challenger`, `frozen`, `prior`) and metric (`log_loss`, `roc_auc`, `f1`, `precision`,
        `recall`): the faded prequential scores. None or NaN where it is not known; a role that is not there plays no
        longer.
    batch_log_loss
        By role, of this batch alone.
    drifts
        By role, for those that are watched: whether its loss was seen to rise in this batch.
    model_versions
        By role, of those that have one.
    left_out_rows
        That were not learnt, as those without a target.
    promotions
        How often the challenger took over.
    waiting_rows
        How far the stream is behind its source, in rows; None where that is not known.
    learn_seconds
        How long the learning took.
    rows_per_second
        How fast rows are learnt.
    trees
        Of the model that learns; None of one that has no trees.
    """

    rows: int
    scores: Mapping[str, Mapping[str, float | None]]
    batch_log_loss: Mapping[str, float | None]
    drifts: Mapping[str, bool] = field(default_factory=dict)
    model_versions: Mapping[str, int] = field(default_factory=dict)
    left_out_rows: int = 0
    promotions: int = 0
    waiting_rows: int | None = None
    learn_seconds: float | None = None
    rows_per_second: float | None = None
    trees: int | None = None


class StreamMetrics:
    """The counters and gauges of one project's stream.

    Parameters
    ----------
    project
        The label that all of them carry.
    registry
        Where they are kept; by default one of their own, with the process's processor and memory.
    """

    def __init__(self, project: str, registry: CollectorRegistry | None = None) -> None:
        if registry is None:
            registry = CollectorRegistry()
            ProcessCollector(registry=registry)
        self.registry, self._project = registry, project
        self._batches = self._counter("batches", "Batches that were predicted, and then learnt.")
        self._rows = self._counter("rows", "Rows that were learnt.")
        self._left_out = self._counter("left_out_rows", "Rows that were not learnt, as those without a target.")
        self._refused = self._counter("refused", "Deliveries that were refused.")
        self._promotions = self._counter("promotions", "Challengers that became champion.")
        self._drifts = Counter(
            "keepfit_stream_drifts", "Rises of the loss that were seen.", ["project", "role"], registry=registry
        )
        self._scores = {
            metric: self._gauge(name, f"{said} of the batches before they are learnt, newer rows weigh more.", "role")
            for metric, (name, said) in _SCORES.items()
        }
        self._batch_log_loss = self._gauge("batch_log_loss", "Log-loss of the newest batch.", "role")
        self._model = self._gauge("model_info", "1 for the version that has a role.", "role", "model_version")
        self._waiting = self._gauge("waiting_rows", "Rows that the source has, and that are not learnt yet.")
        self._learning = self._gauge("learn_seconds", "How long the newest batch was learnt.")
        self._speed = self._gauge("rows_per_second", "Rows that are learnt in a second.")
        self._trees = self._gauge("trees", "Trees of the model that learns.")

    def begin_at(
        self,
        *,
        batches: int = 0,
        rows: int = 0,
        left_out_rows: int = 0,
        refused: int = 0,
        promotions: int = 0,
        drifts: Mapping[str, int] | None = None,
    ) -> None:
        """Count on from where a resumed stream stands: once, before anything is counted.

        Parameters
        ----------
        batches, rows, left_out_rows, refused, promotions
            Of the stream so far.
        drifts
            The same, by role.
        """
        self._batches.labels(self._project).inc(batches)
        self._rows.labels(self._project).inc(rows)
        self._left_out.labels(self._project).inc(left_out_rows)
        self._refused.labels(self._project).inc(refused)
        self._promotions.labels(self._project).inc(promotions)
        for role, count in (drifts or {}).items():
            self._drifts.labels(self._project, role).inc(count)

    def tell(self, batch: ToldBatch) -> None:
        """Count a batch, and show what is known after it."""
        for metric, gauge in self._scores.items():
            gauge.show({(role,): scores.get(metric) for role, scores in batch.scores.items()})
        self._batch_log_loss.show({(role,): loss for role, loss in batch.batch_log_loss.items()})
        self._model.show({(role, str(version)): 1 for role, version in batch.model_versions.items()})
        self._waiting.show({(): batch.waiting_rows})
        self._learning.show({(): batch.learn_seconds})
        self._speed.show({(): batch.rows_per_second})
        self._trees.show({(): batch.trees})
        for role, is_drift in batch.drifts.items():
            self._drifts.labels(self._project, role).inc(
                is_drift
            )  # by 0, too: Prometheus counts from what it saw first
        self._rows.labels(self._project).inc(batch.rows)
        self._left_out.labels(self._project).inc(batch.left_out_rows)
        self._promotions.labels(self._project).inc(batch.promotions)
        self._batches.labels(self._project).inc()

    def count_refused(self) -> None:
        """Count a delivery that was refused."""
        self._refused.labels(self._project).inc()

    def count_promotion(self) -> None:
        """Count a challenger that became champion between two batches."""
        self._promotions.labels(self._project).inc()

    def count_left_out(self, rows: int) -> None:
        """Count rows of a delivery of which none was learnt."""
        self._left_out.labels(self._project).inc(rows)

    def serve(self, port: int) -> Callable[[], None]:
        """Answer on loopback, from a thread of its own; return what ends that.

        Raises
        ------
        StreamError
            When the port cannot be had.
        """
        try:
            server, thread = start_http_server(port, _HOST, self.registry)
        except OSError as error:
            raise StreamError(
                f"{_HOST}:{port} cannot be listened at: {error.strerror or error}",
                where="keepfit.toml: [stream] metrics_port",
                hint="name a port that is free; does another stream of this project run?",
            ) from error

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop

    def _counter(self, name: str, said: str) -> Counter:
        counter = Counter(f"keepfit_stream_{name}", said, ["project"], registry=self.registry)
        counter.labels(self._project)  # 0 from the beginning: Prometheus counts from what it has seen first
        return counter

    def _gauge(self, name: str, said: str, *labels: str) -> _Shown:
        return _Shown(
            Gauge(f"keepfit_stream_{name}", said, ["project", *labels], registry=self.registry), self._project
        )


class _Shown:
    """A gauge that shows what is known of a project, and nothing else."""

    def __init__(self, gauge: Gauge, project: str) -> None:
        self._gauge, self._project = gauge, project
        self._labels: set[tuple[str, ...]] = set()

    def show(self, values: Mapping[tuple[str, ...], float | None]) -> None:
        """Show values by their labels, in place of those that were shown; None or NaN for what is not known."""
        known = {labels: value for labels, value in values.items() if value is not None and not math.isnan(value)}
        for labels in self._labels - set(known):
            self._gauge.remove(self._project, *labels)
        for labels, value in known.items():
            self._gauge.labels(self._project, *labels).set(value)
        self._labels = set(known)
