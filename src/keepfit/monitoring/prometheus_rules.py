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

from keepfit.project.alerts_section import AlertsSection
from keepfit.project.declaration import MonitoringSection

_LEAST_SHARE = 1e-4  # as in `distances.population_stability`
_FAST_BURN, _SLOW_BURN = 14.4, 6.0  # of a month's budget: 2 % in an hour, 5 % in six
_DAY = 86_400
_DURATION = "keepfit_request_duration_seconds_bucket"


def job_of(project: str) -> str:
    """Return the job under which Prometheus scrapes a project's service."""
    return f"keepfit-{project}"


def rules(project: str, section: MonitoringSection) -> dict[str, Any]:
    """Return the content of a rules file for one project, plain types.

    Parameters
    ----------
    project
        Its name: rules look at no other.
    section
        Smallest window and limits.
    """
    return {
        "groups": [
            {"name": f"keepfit-{project}-recording", "rules": _recording(project, section.alerts)},
            {"name": f"keepfit-{project}-alerts", "rules": [_named(one, project) for one in _alerts(project, section)]},
        ]
    }


def _recording(project: str, limits: AlertsSection) -> list[dict[str, Any]]:
    mine, window = f'project="{project}"', f"{limits.window_hours}h"
    predictions = f'{mine}, route=~".*/api/prediction"'
    return [
        _record(
            "keepfit:feature_psi",
            _psi("keepfit_feature_values_total", "keepfit_feature_reference_ratio", mine, window, "column"),
        ),
        _record(
            "keepfit:score_psi",
            _psi("keepfit_prediction_scores_total", "keepfit_prediction_score_reference_ratio", mine, window, ""),
        ),
        _record(
            "keepfit:predictions:window",
            f"sum by (project, model_version) (increase(keepfit_predictions_total{{{mine}}}[{window}]))",
        ),
        _record(
            "keepfit:prediction_duration_seconds:p95",
            f"histogram_quantile(0.95, sum by (project, le) (rate({_DURATION}{{{predictions}}}[5m])))",
        ),
        *(_record(f"keepfit:error_ratio:rate{span}", _error_ratio(mine, span)) for span in ("5m", "30m", "1h", "6h")),
    ]


def _psi(counted: str, reference: str, mine: str, window: str, column: str) -> str:
    """Return the PSI of counters over a window against the shares of the reference."""
    by = ", ".join(filter(None, ("project", "model_version", column)))
    known = f'{mine}, bin!="missing"'
    rows = f"increase({counted}{{{known}}}[{window}])"
    share = f"(sum by ({by}, bin) ({rows}) / on ({by}) group_left () sum by ({by}) ({rows}))"
    now = f"clamp_min({share}, {_LEAST_SHARE})"
    then = f"clamp_min(max by ({by}, bin) ({reference}{{{known}}}), {_LEAST_SHARE})"
    return f"sum by ({by}) (({now} - {then}) * ln({now} / {then}))"


def _error_ratio(mine: str, span: str) -> str:
    failed = f'sum by (project) (rate(keepfit_requests_total{{{mine}, status=~"5.."}}[{span}]))'
    every = f"sum by (project) (rate(keepfit_requests_total{{{mine}}}[{span}]))"
    return f"({failed} or 0 * {every}) / {every}"


def _alerts(project: str, section: MonitoringSection) -> list[dict[str, Any]]:
    limits, mine = section.alerts, f'project="{project}"'
    present = f'keepfit_model_info{{{mine}, role="champion"}} == 1'
    enough = f"on (project, model_version) (keepfit:predictions:window{{{mine}}} >= {section.min_window})"
    budget = 1 - limits.availability
    columns = f"count by (project, model_version) (keepfit:feature_psi{{{mine}}}"
    answered = f"sum by (project) (increase(keepfit_predictions_total{{{mine}}}[{_hours(limits.labels_days)}h])) > 0"
    labelled = f"sum by (project) (increase(keepfit_labels_total{{{mine}}}[{_hours(limits.labels_days)}h])) > 0"
    created = f"time() - keepfit_champion_created_timestamp_seconds{{{mine}}}"
    failing = f'keepfit_check_state{{{mine}, state="alarm", subject="%s"}} == 1'
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
            f"{columns} > {limits.psi:g}) / {columns}) >= {limits.drifted_columns:g} and {enough}",
            "15m",
            "warning",
            f"{{{{ $value | humanizePercentage }}}} of the columns have a PSI above {limits.psi:g}: `keepfit check`.",
        ),
        _alert(
            "KeepfitQuality", failing % "quality", "0m", "critical", "F1 is below its floor with its whole interval."
        ),
        _alert(
            "KeepfitNoLabels",
            f"({answered}) unless ({labelled})",
            "1h",
            "warning",
            f"Answers were given for {limits.labels_days:g} days, and no label came.",
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
            f"({created} > {limits.champion_days * _DAY:.0f}) and on (project, model_version) ({present})",
            "1h",
            "warning",
            f"The champion was trained more than {limits.champion_days:g} days ago.",
        ),
    ]


def _burn(mine: str, spans: tuple[str, str], limit: float) -> str:
    return " and ".join(f"keepfit:error_ratio:rate{span}{{{mine}}} > {limit:.6g}" for span in spans)


def _hours(days: float) -> int:
    return max(1, round(days * 24))


def _record(name: str, expression: str) -> dict[str, Any]:
    return {"record": name, "expr": expression}


def _alert(name: str, expression: str, lasts: str, severity: str, said: str) -> dict[str, Any]:
    told = {"severity": severity}
    return {"alert": name, "expr": expression, "for": lasts, "labels": told, "annotations": {"summary": said}}


def _named(alert: Mapping[str, Any], project: str) -> dict[str, Any]:
    """Return an alert that says whose it is, whatever its expression knows."""
    return {**alert, "labels": {**alert["labels"], "project": project}}
