"""The parts of a check's page about labels that have not come, and what those that came say of the estimate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keepfit.evaluation import METRICS
from keepfit.evaluation.slice_table import scored
from keepfit.monitoring.concept_shift import ConceptShift, EstimateError
from keepfit.monitoring.expected_quality import ExpectedQuality
from keepfit.reporting import Cell, Figure, Mark, Paragraph, Section, Table, TableColumn
from keepfit.reporting.figures import Curve, curve_chart

_DIAGONAL = ((0.0, 0.0), (1.0, 1.0))


def expected_section(expected: ExpectedQuality) -> Section:
    """Compose what is expected of answers without labels, or why nothing is."""
    title = "Quality to expect: an estimate"
    if expected.reason:
        return Section(title, [Paragraph(f"There is no estimate: {expected.reason}.")])
    columns = [TableColumn("metric"), TableColumn("estimate [95 % interval]", is_number=True)]
    rows: list[list[Cell]] = [[METRICS[name].title, scored(score, ".4f")] for name, score in expected.scores.items()]
    return Section(
        title,
        [Table(columns, rows)],
        lead=f"Of the {expected.rows:,} predictions without a label, from their scores and what the "
        f"{expected.reference_rows:,} labels of the held-out rows say of such scores. It follows a change of the data. "
        "It cannot see a change of what the data mean: labels alone show that.",
    )


def shift_sections(shift: ConceptShift) -> Iterator[Section]:
    """Compose how wrong the estimate was, and whether labels mean what they meant; nothing where no label has come."""
    if not shift.rows:
        return
    if shift.reason:
        yield Section("Do labels mean what they meant?", [Paragraph(f"This cannot be told: {shift.reason}.")])
        return
    yield Section("Do labels mean what they meant?", [_bands_chart(shift)], lead=_said(shift))
    yield Section(
        "How wrong the estimate was",
        [_errors_table(shift.errors)],
        lead=f"The same estimate for the {shift.rows:,} predictions whose labels have come, and what turned out.",
    )


def _said(shift: ConceptShift) -> str:
    return (
        f"At the same score the share of positives differs from the held-out rows' by {shift.gap:.1%} on average, by "
        f"{shift.excess:.1%} less chance; by chance alone bands so far apart have a probability of {shift.p_value:.2g} "
        f"(chi-square over {len(shift.bands)} bands of scores, with the sampling errors of both sides). A small "
        "one is the sign of concept drift."
    )


def _bands_chart(shift: ConceptShift) -> Figure:
    curves = [
        Curve("on held-out rows", [(band.score, band.expected) for band in shift.bands]),
        Curve("now", [(band.score, band.observed) for band in shift.bands]),
    ]
    return curve_chart(
        "Labels by score", curves, x_name="predicted probability", y_name="share of positives", guide=_DIAGONAL
    )


def _errors_table(errors: Mapping[str, EstimateError]) -> Table:
    columns = [
        TableColumn("metric"),
        TableColumn("estimate [95 % interval]", is_number=True),
        TableColumn("turned out", is_number=True, form=".4f"),
        TableColumn("difference", is_number=True, form="+.4f"),
        TableColumn("in standard deviations", is_number=True, form="+.1f"),
        TableColumn(""),
    ]
    rows: list[list[Cell]] = [
        [
            METRICS[name].title,
            scored(one.estimated, ".4f"),
            one.realised,
            one.difference.value,
            one.deviations,
            Mark("warn", "outside") if one.is_outside else None,
        ]
        for name, one in errors.items()
    ]
    return Table(columns, rows)
