"""Panels of a stream: how each batch was predicted before it was learnt, how fast, and what has changed."""

from __future__ import annotations

from keepfit.monitoring.board import Panel, Panels, Query, Rows
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.prometheus_rules import stream_job_of

STREAM_ROWS: Rows = (
    ("At a glance", ("stream_up", "stream_champion", "stream_rows", "stream_drifts_total")),
    (
        "Scores of each batch before it is learnt",
        ("stream_log_loss", "stream_batch_log_loss", "stream_auc", "stream_f1", "stream_precision", "stream_recall"),
    ),
    ("Batches", ("stream_batches", "stream_speed", "stream_waiting", "stream_left_out")),
    ("Learning", ("stream_learning", "stream_trees", "stream_drifts", "stream_promotions")),
)
_ROLE = "{{ role }}"


def stream_panels(project: str, say: Words) -> Panels:
    """Return the panels of a stream; parameters are those of `boards`."""
    return {**_at_a_glance(project, say), **_scores(project, say), **_batches(project, say), **_learning(project, say)}


def _at_a_glance(project: str, say: Words) -> Panels:
    mine = f'project="{project}"'
    champion = Query(f'keepfit_stream_model_info{{{mine}, role="champion"}} == 1', "v{{ model_version }}")
    up = Query(f'up{{job="{stream_job_of(project)}"}}')
    drifts = Query(f"sum(keepfit_stream_drifts_total{{{mine}}}) or vector(0)")
    return {
        "stream_up": Panel(say("Up"), "number", "short", (up,), say("1 while the stream runs.")),
        "stream_champion": Panel(say("Champion"), "number", "short", (champion,)),
        "stream_rows": Panel(say("Rows learnt"), "number", "short", (Query(f"keepfit_stream_rows_total{{{mine}}}"),)),
        "stream_drifts_total": Panel(say("Number of drifts"), "number", "short", (drifts,)),
    }


def _scores(project: str, say: Words) -> Panels:
    told = say("Each batch is predicted before it is learnt; newer rows weigh more.")

    def by_role(title: str, metric: str, description: str = told) -> Panel:
        query = Query(f'keepfit_stream_{metric}{{project="{project}"}}', _ROLE)
        return Panel(title, "lines", "short", (query,), description)

    return {
        "stream_log_loss": by_role(say("Log-loss"), "log_loss"),
        "stream_batch_log_loss": by_role(
            say("Log-loss of the newest batch"), "batch_log_loss", say("Before it was learnt.")
        ),
        "stream_auc": by_role("ROC AUC", "auc"),
        "stream_f1": by_role("F1", "f1"),
        "stream_precision": by_role(say("Precision"), "precision"),
        "stream_recall": by_role(say("Recall"), "recall"),
    }


def _batches(project: str, say: Words) -> Panels:
    mine = f'project="{project}"'
    batches = Query(f"keepfit_stream_batches_total{{{mine}}}", say("batches"))
    speed = Query(f"keepfit_stream_rows_per_second{{{mine}}}", say("rows"))
    waiting = Query(f"keepfit_stream_waiting_rows{{{mine}}}", say("rows"))
    left_out = (
        Query(f"keepfit_stream_left_out_rows_total{{{mine}}}", say("rows")),
        Query(f"keepfit_stream_refused_total{{{mine}}}", say("deliveries")),
    )
    return {
        "stream_batches": Panel(say("Number of batches"), "lines", "short", (batches,)),
        "stream_speed": Panel(say("Rows per second"), "lines", "short", (speed,)),
        "stream_waiting": Panel(
            say("Lag behind the source"), "lines", "short", (waiting,), say("Rows that are there, and not learnt yet.")
        ),
        "stream_left_out": Panel(
            say("Not learnt"),
            "lines",
            "short",
            left_out,
            say("Rows without a target, and deliveries that were refused."),
        ),
    }


def _learning(project: str, say: Words) -> Panels:
    mine = f'project="{project}"'
    seconds = Query(f"keepfit_stream_learn_seconds{{{mine}}}", say("batch"))
    trees = Query(f"keepfit_stream_trees{{{mine}}}", say("trees"))
    drifts = Query(f"sum by (role) (keepfit_stream_drifts_total{{{mine}}})", _ROLE)
    promotions = Query(f"keepfit_stream_promotions_total{{{mine}}}", say("promotions"))
    return {
        "stream_learning": Panel(say("Learning time"), "lines", "s", (seconds,), say("Of the newest batch.")),
        "stream_trees": Panel(say("Trees"), "lines", "short", (trees,)),
        "stream_drifts": Panel(
            say("Drifts of the loss"), "lines", "short", (drifts,), say("How often it was seen to rise.")
        ),
        "stream_promotions": Panel(
            say("Promotions"), "lines", "short", (promotions,), say("How often the challenger took over.")
        ),
    }
