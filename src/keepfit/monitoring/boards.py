"""What the dashboards of a project show: panels and their queries, before anybody draws them.

Intervals are Grafana's variables: `$__rate_interval` spans some scrapes, `$__range` what is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from keepfit.monitoring.prometheus_rules import job_of, present
from keepfit.project.declaration import MonitoringSection

Kind = Literal["lines", "number", "bars", "heatmap"]
_RATE = "$__rate_interval"


@dataclass(frozen=True, slots=True)
class Query:
    """An expression of PromQL, and what each of its series is called: text with labels in double braces."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a board.

    Attributes
    ----------
    title, description
        What it shows, and how that is to be read.
    kind
        Lines over time; the newest number; a bar for each series; counts by bucket over time.
    unit
        In Grafana's names: `s`, `bytes`, `reqps`, `percentunit`, `short`.
    queries
        What is drawn.
    limit, is_floor
        A line that should not be crossed, from below or from above; None for none.
    """

    title: str
    kind: Kind
    unit: str
    queries: tuple[Query, ...]
    description: str = ""
    limit: float | None = None
    is_floor: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard.

    Attributes
    ----------
    uid, title
        Its name for Grafana, and for people.
    rows
        Panels below a heading each.
    """

    uid: str
    title: str
    rows: tuple[tuple[str, tuple[Panel, ...]], ...]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All of them."""
        return tuple(panel for _, panels in self.rows for panel in panels)


def boards(project: str, section: MonitoringSection) -> tuple[Board, ...]:
    """Return the dashboards of a project: its service, the quality of its model, and drift.

    Parameters
    ----------
    project
        Its name.
    section
        Limits that are drawn.
    """
    return (_service(project, section), _quality(project, section), _drift(project, section))


def _service(project: str, section: MonitoringSection) -> Board:
    mine, job = f'project="{project}"', f'job="{job_of(project)}"'
    asked = f'{mine}, route=~".*/api/prediction"'
    duration = "keepfit_request_duration_seconds_bucket"
    quantiles = tuple(
        Query(f"histogram_quantile({q}, sum by (le) (rate({duration}{{{asked}}}[{_RATE}])))", f"p{100 * q:g}")
        for q in (0.5, 0.95, 0.99)
    )
    requests = f"sum by (status) (rate(keepfit_requests_total{{{mine}}}[{_RATE}]))"
    failed = 'sum(rate(keepfit_requests_total{%s, status=~"%s"}[%s])) or vector(0)'
    decisions = f"sum by (decision) (rate(keepfit_predictions_total{{{mine}}}[{_RATE}]))"
    score = f"sum by (le) (increase(keepfit_prediction_probability_bucket{{{mine}}}[{_RATE}]))"
    unusual = f"sum by (column, reason) (increase(keepfit_unusual_values_total{{{mine}}}[$__range]))"
    processor = f"rate(process_cpu_seconds_total{{{job}}}[{_RATE}])"
    champion = f'keepfit_model_info{{{mine}, role="champion"}} == 1'
    return Board(
        f"keepfit-{project}-service",
        f"{project}: service",
        (
            (
                "At a glance",
                (
                    Panel("Up", "number", "short", (Query(f"up{{{job}}}"),), "1 while the service answers."),
                    Panel("Champion", "number", "short", (Query(champion, "v{{ model_version }}"),)),
                    Panel("Uptime", "number", "s", (Query(f"time() - process_start_time_seconds{{{job}}}"),)),
                    Panel("Predictions", "number", "short", (Query(f"sum(keepfit_predictions_total{{{mine}}})"),)),
                ),
            ),
            (
                "Requests",
                (
                    Panel("Requests", "lines", "reqps", (Query(requests, "{{ status }}"),)),
                    Panel(
                        "Errors",
                        "lines",
                        "reqps",
                        (
                            Query(failed % (mine, "4..", _RATE), "4xx: the caller's"),
                            Query(failed % (mine, "5..", _RATE), "5xx: ours"),
                        ),
                    ),
                    Panel(
                        "Duration of predictions",
                        "lines",
                        "s",
                        quantiles,
                        "From the first byte of a request to its answer.",
                        section.alerts.latency_seconds,
                    ),
                ),
            ),
            (
                "Answers",
                (
                    Panel("Decisions", "lines", "reqps", (Query(decisions, "{{ decision }}"),)),
                    Panel("Probabilities", "heatmap", "short", (Query(score, "{{ le }}"),), "Answers by tenths."),
                    Panel(
                        "Unusual values",
                        "bars",
                        "short",
                        (Query(f"{unusual} > 0", "{{ column }}: {{ reason }}"),),
                        "Scored although missing, unseen in training, or out of its range.",
                    ),
                ),
            ),
            (
                "Journal and process",
                (
                    Panel(
                        "Rows that wait",
                        "lines",
                        "short",
                        (
                            Query(f"keepfit_journal_pending_rows{{{mine}}}", "for their commit"),
                            Query(f"keepfit_journal_spilled_rows{{{mine}}}", "in the spill"),
                        ),
                    ),
                    Panel(
                        "Oldest row that waits",
                        "lines",
                        "s",
                        (Query(f"keepfit_journal_waiting_seconds{{{mine}}}", "waits"),),
                        limit=section.alerts.journal_seconds,
                    ),
                    Panel(
                        "Commits",
                        "lines",
                        "ops",
                        (Query(f"rate(keepfit_journal_commits_total{{{mine}}}[{_RATE}])", "commits"),),
                        "Requests share a commit.",
                    ),
                    Panel("Processor", "lines", "short", (Query(processor, "cores"),)),
                    Panel("Memory", "lines", "bytes", (Query(f"process_resident_memory_bytes{{{job}}}", "resident"),)),
                ),
            ),
        ),
    )


def _quality(project: str, section: MonitoringSection) -> Board:
    mine = f'project="{project}"'
    score = f'keepfit_quality_score{{{mine}, metric="%s"}} and {present(project)}'
    labels = f"sum by (matched) (rate(keepfit_labels_total{{{mine}}}[{_RATE}]))"
    version = "v{{ model_version }}"
    champion = f"and {present(project)}"
    state = f"max by (subject, state) (keepfit_check_state{{{mine}}} {champion}) == 1"
    created = f"time() - max(keepfit_champion_created_timestamp_seconds{{{mine}}} {champion})"
    rows = f"keepfit_quality_rows{{{mine}}} {champion}"
    return Board(
        f"keepfit-{project}-quality",
        f"{project}: quality",
        (
            (
                "At a glance",
                (
                    Panel("Newest check", "bars", "short", (Query(state, "{{ subject }}: {{ state }}"),)),
                    Panel("Labelled answers", "number", "short", (Query(rows),)),
                    Panel("Age of the champion", "number", "s", (Query(created),)),
                ),
            ),
            (
                "Newest labelled answers of the champion",
                (
                    Panel(
                        "F1",
                        "lines",
                        "short",
                        (Query(score % "f1", version),),
                        "Without its interval, that `keepfit check` tells: a point below the floor is often chance.",
                        section.min_f1,
                        is_floor=True,
                    ),
                    Panel("ROC AUC", "lines", "short", (Query(score % "roc_auc", version),)),
                    Panel("Log-loss", "lines", "short", (Query(score % "log_loss", version),)),
                    Panel("Brier", "lines", "short", (Query(score % "brier", version),)),
                    Panel("Calibration error", "lines", "short", (Query(score % "calibration_error", version),)),
                    Panel("Labels", "lines", "ops", (Query(labels, "matched: {{ matched }}"),)),
                ),
            ),
        ),
    )


def _drift(project: str, section: MonitoringSection) -> Board:
    mine, limits = f'project="{project}"', section.alerts
    champion = f"and {present(project)}"
    psi = f"max by (column) (keepfit:feature_psi{{{mine}}} {champion})"
    score = f"max(keepfit:score_psi{{{mine}}} {champion})"
    answers = f"sum(keepfit:predictions:window{{{mine}}} {champion})"
    drifted = f"keepfit_check_drifted_columns{{{mine}}} {champion}"
    missing_now = f"max by (column) (keepfit:feature_missing_ratio{{{mine}}} {champion})"
    hours = f"over {limits.window_hours} h"
    return Board(
        f"keepfit-{project}-drift",
        f"{project}: drift",
        (
            (
                "At a glance",
                (
                    Panel("Answers", "number", "short", (Query(answers),), hours),
                    Panel("Drifted columns", "number", "short", (Query(drifted),)),
                    Panel("PSI of the score", "number", "short", (Query(score),), hours),
                ),
            ),
            (
                "Live",
                (
                    Panel("PSI by column", "lines", "short", (Query(psi, "{{ column }}"),), hours, limits.psi),
                    Panel("PSI by column, now", "bars", "short", (Query(psi, "{{ column }}"),), hours, limits.psi),
                    Panel("Missing values", "bars", "percentunit", (Query(missing_now, "{{ column }}"),), hours),
                ),
            ),
        ),
    )
