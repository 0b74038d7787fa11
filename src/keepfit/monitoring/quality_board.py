"""Panels of the champion's quality on late labels, of the newest check, and of who was champion."""

from __future__ import annotations

from keepfit.monitoring.board import Panel, Panels, Query, Rows
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.prometheus_rules import present
from keepfit.project.monitoring_section import MonitoringSection

QUALITY_ROWS: Rows = (
    ("At a glance", ("check", "labelled_answers", "champion_age")),
    ("Newest labelled answers of the champion", ("f1", "roc_auc", "log_loss", "brier", "calibration_error")),
    ("Labels and champions", ("labels", "labels_total", "swaps")),
)


def quality_panels(project: str, section: MonitoringSection, say: Words) -> Panels:
    """Return the panels of the champion's quality; parameters are those of `boards`."""
    return {**_at_a_glance(project, say), **_scores(project, section, say), **_labels(project, say)}


def _at_a_glance(project: str, say: Words) -> Panels:
    mine, champion = f'project="{project}"', f"and {present(project)}"
    state = Query(
        f"max by (subject, state) (keepfit_check_state{{{mine}}} {champion}) == 1", "{{ subject }}: {{ state }}"
    )
    rows = Query(f"keepfit_quality_rows{{{mine}}} {champion}")
    created = Query(f"time() - max(keepfit_champion_created_timestamp_seconds{{{mine}}} {champion})")
    return {
        "check": Panel(say("Newest check"), "bars", "short", (state,)),
        "labelled_answers": Panel(say("Labelled answers"), "number", "short", (rows,)),
        "champion_age": Panel(say("Age of the champion"), "number", "s", (created,)),
    }


def _scores(project: str, section: MonitoringSection, say: Words) -> Panels:
    score = f'keepfit_quality_score{{project="{project}", metric="%s"}} and {present(project)}'

    def asked(metric: str) -> tuple[Query, ...]:
        return (Query(score % metric, "v{{ model_version }}"),)

    told = say("Without its interval, that `keepfit check` tells: a point below the floor is often chance.")
    return {
        "f1": Panel("F1", "lines", "short", asked("f1"), told, section.min_f1, is_floor=True),
        "roc_auc": Panel("ROC AUC", "lines", "short", asked("roc_auc")),
        "log_loss": Panel(say("Log-loss"), "lines", "short", asked("log_loss")),
        "brier": Panel(say("Brier score"), "lines", "short", asked("brier")),
        "calibration_error": Panel(say("Calibration error"), "lines", "short", asked("calibration_error")),
    }


def _labels(project: str, say: Words) -> Panels:
    mine = f'project="{project}"'
    labels = f"sum by (matched) (rate(keepfit_labels_total{{{mine}}}[$__rate_interval]))"
    swaps = f'sum(keepfit_model_swaps_total{{{mine}, outcome="%s"}}) or vector(0)'
    since = say("Since the service was started.")
    return {
        "labels": Panel(say("Labels"), "lines", "ops", (Query(labels, say("matched: {{ matched }}")),)),
        "labels_total": Panel(
            say("Number of labels"),
            "lines",
            "short",
            (Query(f"sum by (matched) (keepfit_labels_total{{{mine}}})", say("matched: {{ matched }}")),),
            since,
        ),
        "swaps": Panel(
            say("New champions"),
            "lines",
            "short",
            (Query(swaps % "done", say("taken")), Query(swaps % "refused", say("refused"))),
            since,
        ),
    }
