"""What a check says of quality, as a section of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keepfit.evaluation import METRICS, Confusion
from keepfit.monitoring.quality import Quality
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting import Cell, Figure, Paragraph, Section, Table, TableColumn
from keepfit.reporting.figures import Interval, confusion_matrix, interval_chart


def quality_section(
    quality: Quality | None,
    expected: Mapping[str, tuple[float, float, float]],
    classes: tuple[str, str],
    section: MonitoringSection,
) -> Section:
    """Say how good the answers are whose labels have come, beside the held-out rows."""
    if quality is None:
        return Section("Quality", [Paragraph("No labels have come for these predictions yet.")])
    f1 = quality.scores["f1"]
    marks = [
        Interval("F1 on held-out rows", *expected["f1"]),
        Interval("F1 now", f1.value, f1.low, f1.high, is_marked=True),
    ]
    chart = interval_chart("F1 then and now", marks, line=section.min_f1, line_name=f"floor {section.min_f1:g}")
    columns = [
        TableColumn("metric"),
        TableColumn("now", is_number=True, form=".4f"),
        TableColumn("95 % interval"),
        TableColumn("on held-out rows", is_number=True, form=".4f"),
        TableColumn("95 % interval then"),
    ]
    rows: list[list[Cell]] = [
        [METRICS[name].title, score.value, f"{score.low:.4f} to {score.high:.4f}", *_then(expected.get(name))]
        for name, score in quality.scores.items()
    ]
    return Section(
        "Quality",
        [chart, Table(columns, rows), _decisions(quality.confusion, classes)],
        lead=f"On the {quality.labelled} newest predictions whose labels have come.",
    )


def _then(expected: Sequence[float] | None) -> tuple[float | None, str]:
    return (None, "") if expected is None else (expected[0], f"{expected[1]:.4f} to {expected[2]:.4f}")


def _decisions(counts: Confusion, classes: tuple[str, str]) -> Figure:
    cells = ((counts.true_negative, counts.false_positive), (counts.false_negative, counts.true_positive))
    return confusion_matrix(classes, cells)
