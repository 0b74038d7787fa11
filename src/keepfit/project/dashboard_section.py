"""The board of a project's own, and the language of all its boards."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from keepfit.errors import nearest
from keepfit.project.section import Section

Language = Literal["en", "ru", "pt"]
PanelName = Literal[
    "up",
    "champion",
    "uptime",
    "predictions",
    "requests",
    "errors",
    "latency",
    "decisions",
    "scores",
    "scores_over_time",
    "unusual_values",
    "journal_rows",
    "journal_oldest",
    "journal_commits",
    "processor",
    "memory",
    "check",
    "labelled_answers",
    "champion_age",
    "f1",
    "roc_auc",
    "log_loss",
    "brier",
    "calibration_error",
    "labels",
    "labels_total",
    "swaps",
    "answers",
    "drifted_columns",
    "score_psi",
    "drift_share",
    "psi",
    "psi_now",
    "missing_values",
    "stream_up",
    "stream_champion",
    "stream_rows",
    "stream_drifts_total",
    "stream_log_loss",
    "stream_batch_log_loss",
    "stream_auc",
    "stream_f1",
    "stream_precision",
    "stream_recall",
    "stream_batches",
    "stream_speed",
    "stream_waiting",
    "stream_left_out",
    "stream_learning",
    "stream_trees",
    "stream_drifts",
    "stream_promotions",
    "graphite_load",
    "graphite_memory",
    "graphite_uptime",
    "graphite_requests",
    "graphite_statuses",
    "graphite_response_time",
    "graphite_targets",
    "graphite_targets_total",
]
OF_GRAPHITE = "graphite_"
"""What the names of panels begin with that ask Graphite."""


def _known(name: Any) -> Any:
    if isinstance(name, str) and name not in get_args(PanelName):
        raise ValueError(f"no such panel; {nearest(name, get_args(PanelName))}")
    return name


class DashboardSection(Section):
    """A dashboard of the project's own, `overview`: panels of the other dashboards together."""

    panels: list[Annotated[PanelName, BeforeValidator(_known)]] = Field(
        [],
        description="Its panels, in this order; none for no such dashboard. The page about watching has their names; "
        "those of Graphite need `[monitoring.statsd] address`, those of the stream `[stream] metrics_port`.",
        examples=[["scores", "latency", "requests", "errors", "processor", "memory"]],
    )
