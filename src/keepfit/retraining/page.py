"""The page of a retraining: champion and challenger on the same rows, and why one of them serves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from keepfit.evaluation import METRICS, Comparison, Estimate
from keepfit.reporting import Badge, Bullets, Cell, KeyFigure, Page, Paragraph, Section, Table, TableColumn
from keepfit.reporting.figures import Interval, interval_chart
from keepfit.retraining.policy import Decision


@dataclass(frozen=True, slots=True)
class Rivals:
    """Who was compared, and on what they had learnt.

    Attributes
    ----------
    project
        The project's name.
    made_at
        When.
    champion, challenger
        Their versions.
    taught_rows
        Labelled journal rows that the challenger learnt from.
    protocol
        How the challenger was made and scored.
    warning
        What is wrong with the table; empty for nothing.
    """

    project: str
    made_at: str
    champion: int
    challenger: int
    taught_rows: int
    protocol: str
    warning: str


def retrain_page(rivals: Rivals, recent: Comparison, original: Comparison, decision: Decision) -> Page:
    """Compose the page of a retraining from its two comparisons and the decision."""
    old, new = f"v{rivals.champion}", f"v{rivals.challenger}"
    title = METRICS[recent.metric].title
    return Page(
        title=f"{rivals.project}: {new} against {old}",
        subtitle=f"{new} replaces {old}." if decision.promotes else f"{old} stays champion.",
        sections=[
            Section("Why", [Bullets(decision.reasons)]),
            _section("On recent rows of the journal, which taught neither", recent, (old, new)),
            _section("On the held-out rows of the original table", original, (old, new)),
            Section("Protocol", [Paragraph(f"{new}: {rivals.protocol}.")]),
        ],
        badge=Badge("ok", "promoted") if decision.promotes else Badge("unknown", "kept"),
        key_figures=[
            KeyFigure(f"{title}, recent rows", f"{recent.gain.value:+.3f}", _range(recent.gain, "+.3f")),
            KeyFigure(f"{title}, original rows", f"{original.gain.value:+.3f}", _range(original.gain, "+.3f")),
            KeyFigure("journal rows learnt", f"{rivals.taught_rows:,}"),
            KeyFigure("recent rows that judge", f"{recent.rows:,}"),
        ],
        notice=rivals.warning,
        footer=f"Made by Keepfit at {rivals.made_at}. Intervals are 95 % bootstrap intervals; those of differences are "
        "paired: both models on the same resampled rows.",
    )


def _section(title: str, comparison: Comparison, names: tuple[str, str]) -> Section:
    metric = METRICS[comparison.metric]
    sides = (comparison.champion[metric.name], comparison.challenger[metric.name])
    marks = [
        Interval(name, side.value, side.low, side.high, is_marked=at == 1)
        for at, (name, side) in enumerate(zip(names, sides, strict=True))
    ]
    chart = interval_chart(
        f"{metric.title} on {comparison.rows} rows",
        marks,
        line=None if math.isnan(comparison.best_constant) else comparison.best_constant,
        line_name="best constant decision",
    )
    columns = [TableColumn("metric")]
    for name in names:
        columns += [TableColumn(name, is_number=True, form=".4f"), TableColumn(f"95 % interval of {name}")]
    rows: list[list[Cell]] = [
        [
            METRICS[name].title,
            old.value,
            _range(old, ".4f"),
            comparison.challenger[name].value,
            _range(comparison.challenger[name], ".4f"),
        ]
        for name, old in comparison.champion.items()
    ]
    return Section(title, [chart, Table(columns, rows)])


def _range(score: Estimate, form: str) -> str:
    return f"{score.low:{form}} to {score.high:{form}}"
