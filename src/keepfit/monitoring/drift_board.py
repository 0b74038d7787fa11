"""Panels of live drift, and of what the newest check found."""

from __future__ import annotations

from keepfit.monitoring.board import Panel, Panels, Query, Rows
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.prometheus_rules import drifted_share, present
from keepfit.project.monitoring_section import MonitoringSection

DRIFT_ROWS: Rows = (
    ("At a glance", ("answers", "drifted_columns", "score_psi")),
    ("Live", ("drift_share", "psi", "psi_now", "missing_values")),
)


def drift_panels(project: str, section: MonitoringSection, say: Words) -> Panels:
    """Return the panels of drift; parameters are those of `boards`."""
    mine, limits, champion = f'project="{project}"', section.alerts, f"and {present(project)}"
    hours = say("Over {hours} h.", hours=limits.window_hours)
    psi_hours = f"{hours} {say('Of few answers a PSI is chance.')}"
    answers = Query(f"sum(keepfit:predictions:window{{{mine}}} {champion})")
    drifted = Query(f"keepfit_check_drifted_columns{{{mine}}} {champion}")
    score = Query(f"max(keepfit:score_psi{{{mine}}} {champion})")
    share = Query(f"({drifted_share(mine, limits.psi)}) {champion}", say("share"))
    psi = Query(f"max by (column) (keepfit:feature_psi{{{mine}}} {champion})", "{{ column }}")
    missing = Query(f"max by (column) (keepfit:feature_missing_ratio{{{mine}}} {champion})", "{{ column }}")
    return {
        "answers": Panel(say("Answers"), "number", "short", (answers,), hours),
        "drifted_columns": Panel(
            say("Drifted columns"), "number", "short", (drifted,), say("At the newest `keepfit check`.")
        ),
        "score_psi": Panel(say("PSI of the score"), "number", "short", (score,), psi_hours),
        "drift_share": Panel(
            say("Share of drifted columns"),
            "lines",
            "percentunit",
            (share,),
            say("With a PSI beyond its limit, or ten points more or fewer missing values.") + f" {psi_hours}",
            limits.drifted_columns,
        ),
        "psi": Panel(say("PSI by column"), "lines", "short", (psi,), psi_hours, limits.psi),
        "psi_now": Panel(say("PSI by column, now"), "bars", "short", (psi,), psi_hours, limits.psi),
        "missing_values": Panel(say("Missing values"), "bars", "percentunit", (missing,), hours),
    }
