"""Panels of the service: its requests, its answers, its journal, its process."""

from __future__ import annotations

from keepfit.monitoring.board import Panel, Panels, Query, Rows
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.prometheus_rules import job_of
from keepfit.project.monitoring_section import MonitoringSection

SERVICE_ROWS: Rows = (
    ("At a glance", ("up", "champion", "uptime", "predictions")),
    ("Requests", ("requests", "errors", "latency")),
    ("Answers", ("decisions", "scores", "scores_over_time", "unusual_values")),
    ("Journal and process", ("journal_rows", "journal_oldest", "journal_commits", "processor", "memory")),
)
_RATE = "$__rate_interval"


def service_panels(project: str, section: MonitoringSection, say: Words) -> Panels:
    """Return the panels of a project's service; parameters are those of `boards`."""
    return {
        **_at_a_glance(project, say),
        **_of_requests(project, section, say),
        **_of_answers(project, say),
        **_of_journal(project, section, say),
        **_of_process(project, say),
    }


def _at_a_glance(project: str, say: Words) -> Panels:
    mine, job = f'project="{project}"', f'job="{job_of(project)}"'
    champion = Query(f'keepfit_model_info{{{mine}, role="champion"}} == 1', "v{{ model_version }}")
    uptime = Query(f"time() - process_start_time_seconds{{{job}}}")
    predictions = Query(f"sum(keepfit_predictions_total{{{mine}}})")
    return {
        "up": Panel(say("Up"), "number", "short", (Query(f"up{{{job}}}"),), say("1 while the service answers.")),
        "champion": Panel(say("Champion"), "number", "short", (champion,)),
        "uptime": Panel(say("Uptime"), "number", "s", (uptime,)),
        "predictions": Panel(say("Predictions"), "number", "short", (predictions,)),
    }


def _of_requests(project: str, section: MonitoringSection, say: Words) -> Panels:
    mine = f'project="{project}"'
    requests = Query(f"sum by (status) (rate(keepfit_requests_total{{{mine}}}[{_RATE}]))", "{{ status }}")
    failed = 'sum(rate(keepfit_requests_total{%s, status=~"%s"}[%s])) or vector(0)'
    errors = (
        Query(failed % (mine, "4..", _RATE), say("4xx: the caller's")),
        Query(failed % (mine, "5..", _RATE), say("5xx: ours")),
    )
    buckets = f'rate(keepfit_request_duration_seconds_bucket{{{mine}, route=~".*/api/prediction"}}[{_RATE}])'
    quantiles = tuple(
        Query(f"histogram_quantile({q}, sum by (le) ({buckets}))", f"p{100 * q:g}") for q in (0.5, 0.95, 0.99)
    )
    return {
        "requests": Panel(say("Requests"), "lines", "reqps", (requests,)),
        "errors": Panel(say("Errors"), "lines", "reqps", errors),
        "latency": Panel(
            say("Duration of predictions"),
            "lines",
            "s",
            quantiles,
            say("From the first byte of a request to its answer."),
            section.alerts.latency_seconds,
        ),
    }


def _of_answers(project: str, say: Words) -> Panels:
    mine = f'project="{project}"'
    decisions = Query(f"sum by (decision) (rate(keepfit_predictions_total{{{mine}}}[{_RATE}]))", "{{ decision }}")
    score = f"sum by (le) (increase(keepfit_prediction_probability_bucket{{{mine}}}[%s]))"
    unusual = f"sum by (column, reason) (increase(keepfit_unusual_values_total{{{mine}}}[$__range]))"
    none = f'label_replace(vector(0), "value", "{say("none")}", "", "")'  # no bar would look like a broken panel
    unusual = f'label_join({unusual}, "value", ": ", "column", "reason") > 0 or on() {none}'
    return {
        "decisions": Panel(say("Decisions"), "lines", "reqps", (decisions,)),
        "scores": Panel(
            say("Histogram of probabilities"),
            "histogram",
            "short",
            (Query(score % "$__range", "{{ le }}"),),
            say("Answers of the time that is shown, by tenths of the probability."),
        ),
        "scores_over_time": Panel(
            say("Probabilities over time"),
            "heatmap",
            "short",
            (Query(score % _RATE, "{{ le }}"),),
            say("Answers by tenths of the probability."),
        ),
        "unusual_values": Panel(
            say("Unusual values"),
            "bars",
            "short",
            (Query(unusual, "{{ value }}"),),
            say("Scored although missing, unseen in training, or out of its range."),
        ),
    }


def _of_journal(project: str, section: MonitoringSection, say: Words) -> Panels:
    mine = f'project="{project}"'
    rows = (
        Query(f"keepfit_journal_pending_rows{{{mine}}}", say("for their commit")),
        Query(f"keepfit_journal_spilled_rows{{{mine}}}", say("in the spill")),
    )
    oldest = Query(f"keepfit_journal_waiting_seconds{{{mine}}}", say("waits"))
    commits = Query(f"rate(keepfit_journal_commits_total{{{mine}}}[{_RATE}])", say("commits"))
    return {
        "journal_rows": Panel(say("Rows that wait"), "lines", "short", rows),
        "journal_oldest": Panel(
            say("Oldest row that waits"), "lines", "s", (oldest,), limit=section.alerts.journal_seconds
        ),
        "journal_commits": Panel(say("Commits"), "lines", "ops", (commits,), say("Requests share a commit.")),
    }


def _of_process(project: str, say: Words) -> Panels:
    job = f'job="{job_of(project)}"'
    processor = Query(f"rate(process_cpu_seconds_total{{{job}}}[{_RATE}])", say("cores"))
    memory = Query(f"process_resident_memory_bytes{{{job}}}", say("resident"))
    return {
        "processor": Panel(say("Processor"), "lines", "short", (processor,)),
        "memory": Panel(say("Memory"), "lines", "bytes", (memory,)),
    }
