"""Rules for Prometheus: what it records of a project, and when it tells Alertmanager.

Live drift is the population stability index of each column over a window of answers, in the bins that the check uses.
It is advice (severity `warning`): of few rows it is chance, so it is silent below `min_window` of them, and it corrects
for nothing. The verdict of `keepfit check` is what wakes somebody (severity `critical`).

References
----------
Beyer, B. et al. (2018). The Site Reliability Workbook, O'Reilly, chapter 5: alerting on multiple burn rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keepfit.project.monitoring_section import MonitoringSection

_LEAST_SHARE = 1e-4  # as in `distances.population_stability`
_FAST_BURN, _SLOW_BURN = 14.4, 6.0  # of a month's budget: 2 % in an hour, 5 % in six
_MISSING_CHANGE = 0.1
_DRIFT_INTERVAL = "15s"  # a window is long, and so is the reading of it
_PROBES = ".*(/metrics|/health.*|/ready|/docs.*)"
_DAY = 86_400
_DURATION = "keepfit_request_duration_seconds_bucket"


def job_of(project: str) -> str:
    """Return the job under which Prometheus scrapes a project's service."""
    return f"keepfit-{project}"


def stream_job_of(project: str) -> str:
    """Return the job under which Prometheus scrapes a project's stream."""
    return f"{job_of(project)}-stream"


def rules(project: str, section: MonitoringSection, *, has_stream: bool = False) -> dict[str, Any]:
    """Return the content of a rules file for one project, plain types.

    Parameters
    ----------
    project
        Its name: rules look at no other.
    section
        Smallest window and limits.
    has_stream
        Whether a stream tells of itself; without, nobody is told of it.
    """
    drift, service = _drift(project, section.alerts.window_hours), _service(project)
    raised = [*_alerts(project, section), *(_stream_alerts(project) if has_stream else [])]
    alerts = [_named(one, project) for one in raised]
    return {
        "groups": [
            {"name": f"keepfit-{project}-drift", "interval": _DRIFT_INTERVAL, "rules": drift},
            {"name": f"keepfit-{project}-service", "rules": service},
            {"name": f"keepfit-{project}-alerts", "rules": alerts},
        ]
    }


def present(project: str) -> str:
    """Return what is there for the champion of a project alone: to be joined on project and model_version."""
    return f'on (project, model_version) (keepfit_model_info{{project="{project}", role="champion"}} == 1)'


def drifted_share(mine: str, limit: float) -> str:
    """Return the share of columns whose PSI is above a limit, or whose missing values have changed much.

    Parameters
    ----------
    mine
        The project, as a matcher of labels.
    limit
        Of the PSI.
    """
    by = "project, model_version, column"
    then = f'max by ({by}) (keepfit_feature_reference_ratio{{{mine}, bin="missing"}})'
    missing = f"abs(keepfit:feature_missing_ratio{{{mine}}} - on ({by}) {then}) > {_MISSING_CHANGE:g}"
    drifted = f"keepfit:feature_psi{{{mine}}} > {limit:g} or {missing}"
    every = f"count by (project, model_version) (keepfit:feature_missing_ratio{{{mine}}})"
    return f"(count by (project, model_version) ({drifted}) or 0 * {every}) / {every}"


def _drift(project: str, hours: int) -> list[dict[str, Any]]:
    """Return live drift; a column without a known value in the window has no share and no PSI, but a missing ratio."""
    mine, by = f'project="{project}"', "project, model_version, column"
    values = f"increase(keepfit_feature_values_total{{{mine}}}[{hours}h])"
    missing = f'increase(keepfit_feature_values_total{{{mine}, bin="missing"}}[{hours}h])'
    return [
        *_psi("feature", "keepfit_feature_values_total", "keepfit_feature_reference_ratio", mine, hours),
        *_psi("score", "keepfit_prediction_scores_total", "keepfit_prediction_score_reference_ratio", mine, hours),
        _record("keepfit:feature_missing_ratio", f"sum by ({by}) ({missing}) / (sum by ({by}) ({values}) > 0)"),
        _record(
            "keepfit:predictions:window",
            f"sum by (project, model_version) (increase(keepfit_predictions_total{{{mine}}}[{hours}h]))",
        ),
    ]


def _psi(what: str, counted: str, reference: str, mine: str, hours: int) -> list[dict[str, Any]]:
    """Return the shares of bins in a window, and their PSI against those of the reference."""
    by = "project, model_version, column" if what == "feature" else "project, model_version"
    known = f'{mine}, bin!="missing"'
    rows = f"increase({counted}{{{known}}}[{hours}h])"
    share = f"sum by ({by}, bin) ({rows}) / on ({by}) group_left () (sum by ({by}) ({rows}) > 0)"
    now = f"clamp_min(keepfit:{what}_share{{{mine}}}, {_LEAST_SHARE})"
    then = f"clamp_min(max by ({by}, bin) ({reference}{{{known}}}), {_LEAST_SHARE})"
    psi = f"sum by ({by}) (({now} - {then}) * ln({now} / {then}))"
    return [_record(f"keepfit:{what}_share", share), _record(f"keepfit:{what}_psi", psi)]


def _service(project: str) -> list[dict[str, Any]]:
    mine = f'project="{project}"'
    predictions = f'{mine}, route=~".*/api/prediction"'
    return [
        _record(
            "keepfit:prediction_duration_seconds:p95",
            f"histogram_quantile(0.95, sum by (project, le) (rate({_DURATION}{{{predictions}}}[5m])))",
        ),
        *(_record(f"keepfit:error_ratio:rate{span}", _error_ratio(mine, span)) for span in ("5m", "30m", "1h", "6h")),
    ]


def _error_ratio(mine: str, span: str) -> str:
    asked = f'{mine}, route!~"{_PROBES}"'
    failed = f'sum by (project) (rate(keepfit_requests_total{{{asked}, status=~"5.."}}[{span}]))'
    every = f"sum by (project) (rate(keepfit_requests_total{{{asked}}}[{span}]))"
    return f"({failed} or 0 * {every}) / {every}"


def _alerts(project: str, section: MonitoringSection) -> list[dict[str, Any]]:
    limits, mine = section.alerts, f'project="{project}"'
    champion = present(project)
    enough = f"on (project, model_version) (keepfit:predictions:window{{{mine}}} >= {section.min_window})"
    budget = 1 - limits.availability
    answered = f"on (project) (sum by (project) (increase(keepfit_predictions_total{{{mine}}}[1d])) > 0)"
    awaited = f"time() - keepfit_labels_awaited_since_timestamp_seconds{{{mine}}}"
    created = f"time() - keepfit_champion_created_timestamp_seconds{{{mine}}}"
    checked = f"time() - max by (project) (keepfit_check_timestamp_seconds{{{mine}}})"
    failing = f'keepfit_check_state{{{mine}, state="alarm", subject="%s"}} == 1 and {champion}'
    return [
        _alert(
            "KeepfitServiceDown",
            f'up{{job="{job_of(project)}"}} == 0',
            "1m",
            "critical",
            "The service does not answer.",
        ),
        _alert(
            "KeepfitErrorsFast",
            _burn(mine, ("1h", "5m"), _FAST_BURN * budget),
            "2m",
            "critical",
            f"Server errors use up the month's budget ({budget:.3%}) in two days.",
        ),
        _alert(
            "KeepfitErrorsSlow",
            _burn(mine, ("6h", "30m"), _SLOW_BURN * budget),
            "15m",
            "warning",
            f"Server errors use up the month's budget ({budget:.3%}) in five days.",
        ),
        _alert(
            "KeepfitSlow",
            f"keepfit:prediction_duration_seconds:p95{{{mine}}} > {limits.latency_seconds:g}",
            "10m",
            "warning",
            "One answer in twenty takes {{ $value | humanizeDuration }}.",
        ),
        _alert("KeepfitDrift", failing % "drift", "0m", "critical", "The check found that the data have drifted."),
        _alert(
            "KeepfitLiveDrift",
            f"{drifted_share(mine, limits.psi)} >= {limits.drifted_columns:g} and {enough} and {champion}",
            "15m",
            "warning",
            "{{ $value | humanizePercentage }} of the columns have another PSI or missing values: `keepfit check`.",
        ),
        _alert(
            "KeepfitQuality", failing % "quality", "0m", "critical", "F1 is below its floor with its whole interval."
        ),
        _alert(
            "KeepfitNoLabels",
            f"{awaited} > {limits.labels_days * _DAY:.0f} and {answered}",
            "1h",
            "warning",
            f"Answers are given, and no label has come for {limits.labels_days:g} days.",
        ),
        _alert(
            "KeepfitJournalWaits",
            f"keepfit_journal_waiting_seconds{{{mine}}} > {limits.journal_seconds:g}",
            "1m",
            "critical",
            "A row has been waiting for the journal for {{ $value | humanizeDuration }}.",
        ),
        _alert(
            "KeepfitJournalAway",
            f"keepfit_journal_spilled_rows{{{mine}}} > 0",
            "5m",
            "critical",
            "{{ $value }} rows are in local files: the journal's database is away.",
        ),
        _alert(
            "KeepfitJournalLoses",
            f"increase(keepfit_journal_dropped_rows_total{{{mine}}}[5m]) > 0",
            "0m",
            "critical",
            "Answers are left out of the journal.",
        ),
        _alert(
            "KeepfitStaleChampion",
            f"{created} > {limits.champion_days * _DAY:.0f} and {champion}",
            "1h",
            "warning",
            f"The champion was trained more than {limits.champion_days:g} days ago.",
        ),
        _alert(
            "KeepfitNoChecks",
            f"{checked} > {limits.check_days * _DAY:.0f}",
            "1h",
            "warning",
            f"Nobody has run `keepfit check` for {limits.check_days:g} days: its verdict is of then.",
        ),
    ]


def _stream_alerts(project: str) -> list[dict[str, Any]]:
    """Return the alerts of a stream; one that has not run for a day is not missed."""
    mine, up = f'project="{project}"', f'up{{job="{stream_job_of(project)}"}}'
    learnt = f"increase(keepfit_stream_batches_total{{{mine}}}[5m])"
    return [
        _alert(
            "KeepfitStreamDown",
            f"{up} == 0 and max_over_time({up}[1d]) == 1",
            "1m",
            "warning",
            "The stream does not answer any more: it has ended, or it was ended.",
        ),
        _alert(
            "KeepfitStreamLags",
            f"keepfit_stream_waiting_rows{{{mine}}} > 0 and on (project) {learnt} == 0",
            "5m",  # and five minutes that the increase looks back
            "warning",
            "{{ $value }} rows wait, and no batch has been learnt for ten minutes.",
        ),
        _alert(
            "KeepfitStreamDrift",
            f'increase(keepfit_stream_drifts_total{{{mine}, role="champion"}}[1h]) > 0',
            "0m",
            "warning",
            "The champion's loss on the stream has risen for good.",
        ),
        _alert(
            "KeepfitStreamWorse",
            f'keepfit_stream_log_loss{{{mine}, role="champion"}} > on (project) '
            f'keepfit_stream_log_loss{{{mine}, role="prior"}}',
            "5m",
            "warning",
            "The champion's log-loss on the stream is {{ $value }}: the share of positives alone is better.",
        ),
    ]


def _burn(mine: str, spans: tuple[str, str], limit: float) -> str:
    return " and ".join(f"keepfit:error_ratio:rate{span}{{{mine}}} > {limit:.6g}" for span in spans)


def _record(name: str, expression: str) -> dict[str, Any]:
    return {"record": name, "expr": expression}


def _alert(name: str, expression: str, lasts: str, severity: str, said: str) -> dict[str, Any]:
    told = {"severity": severity}
    return {"alert": name, "expr": expression, "for": lasts, "labels": told, "annotations": {"summary": said}}


def _named(alert: Mapping[str, Any], project: str) -> dict[str, Any]:
    """Return an alert that says whose it is, whatever its expression knows."""
    return {**alert, "labels": {**alert["labels"], "project": project}}
