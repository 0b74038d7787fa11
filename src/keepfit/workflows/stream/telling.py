"""What Prometheus is told of a stream."""

from __future__ import annotations

from collections.abc import Callable

from keepfit.monitoring.stream_metrics import StreamMetrics, ToldBatch
from keepfit.retraining.batch_facts import BatchFacts
from keepfit.workflows.stream.course import Course
from keepfit.workflows.stream.journey import Journey


class Teller:
    """Tells Prometheus of each batch.

    Parameters
    ----------
    project
        Its name.
    course, journey
        Where the stream stands: the counters go on from there.
    """

    def __init__(self, project: str, course: Course, journey: Journey) -> None:
        self._metrics = StreamMetrics(project)
        standing = course.standing
        self._metrics.begin_at(
            batches=standing.batches,
            rows=standing.rows,
            left_out_rows=standing.left_out,
            refused=journey.refused,
            promotions=journey.promotions,
            drifts=journey.drifts,
        )

    def serve(self, port: int | None) -> Callable[[], None]:
        """Answer on a port of loopback, where there is one; return what ends that."""
        return self._metrics.serve(port) if port else lambda: None

    def tell(self, facts: BatchFacts, seconds: float) -> None:
        """Tell a batch that took so long, from the first question to what followed."""
        versions = {"champion": facts.promoted or facts.champion}
        self._metrics.tell(
            ToldBatch(
                rows=facts.rows,
                scores=dict(facts.faded.items()),
                batch_log_loss={role: scores["log_loss"] for role, scores in facts.batch.items()},
                drifts={role: role in facts.drifted for role in ("champion", "challenger")},
                model_versions=versions,
                left_out_rows=facts.left_out,
                promotions=facts.promoted is not None,
                waiting_rows=facts.waiting_rows,
                learn_seconds=facts.learn_seconds,
                rows_per_second=facts.rows / seconds,
                trees=facts.trees,
            )
        )

    def tell_left_out(self, rows: int) -> None:
        """Tell that a delivery had no row with a label."""
        self._metrics.count_left_out(rows)

    def tell_promotion(self) -> None:
        """Tell that the challenger of a batch that was told already took over."""
        self._metrics.count_promotion()

    def tell_refused(self) -> None:
        """Tell that a delivery was refused."""
        self._metrics.count_refused()
