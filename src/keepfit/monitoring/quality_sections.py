"""The parts of a check's page about quality: scores now and before, decisions, parts of the rows, calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from keepfit.evaluation import Confusion, Estimate
from keepfit.evaluation.recommendations import ALL_METRICS
from keepfit.evaluation.slice_table import said_of_slices, scored, slice_table
from keepfit.monitoring.calibration_periods import CalibrationPeriod
from keepfit.monitoring.expected_sections import expected_section, shift_sections
from keepfit.monitoring.findings import QualityFindings
from keepfit.monitoring.quality import Quality
from keepfit.monitoring.recommended_sections import products_section, said_of_lists, score_title
from keepfit.reporting import Block, Cell, Figure, FigureGrid, Mark, Paragraph, Section, Table, TableColumn
from keepfit.reporting.figures import Interval, Timeline, confusion_matrix, interval_chart, timeline_chart


def quality_sections(found: QualityFindings, classes: tuple[str, str], *, no_quality: str) -> Iterator[Section]:
    """Compose everything about quality.

    Parameters
    ----------
    found
        What was found of it.
    classes
        Labels of the negative and the positive class.
    no_quality
        Why nothing was measured, in words, where nothing was.
    """
    if found.measured is None:
        yield Section("Quality", [Paragraph(f"Nothing is measured: {no_quality}.")])
    else:
        yield _quality_section(found.measured, classes)
        if found.measured.recommended is not None and found.measured.recommended.is_scored:
            yield products_section(found.measured.recommended)
    if found.expected is not None:
        yield expected_section(found.expected)
    if found.concept is not None:
        yield from shift_sections(found.concept)
    if found.measured is not None:
        yield from _parts_sections(found.measured)


def _quality_section(quality: Quality, classes: tuple[str, str]) -> Section:
    blocks: list[Block] = [_scores_table(quality), _decisions(quality.confusion, classes)]
    if quality.f1 is not None:
        blocks.insert(0, _floor_chart(quality, quality.f1))
    if quality.recommended is not None:
        blocks.insert(0, Paragraph(said_of_lists(quality.recommended)))
    if quality.reason:
        blocks.insert(0, Paragraph(f"Too little to judge by: {quality.reason}."))
    return Section("Quality", blocks, lead=_said(quality))


def _said(quality: Quality) -> str:
    told = f"On the {quality.labelled:,} newest predictions whose labels have come."
    if not quality.differences:
        return told
    worse = ", ".join(score_title(name) for name in quality.worse) or "none"
    return (
        f"{told} Worse than on the held-out rows by more than the 95 % interval of the difference: {worse}; of metrics "
        "that have not changed, one of forty would be."
    )


def _floor_chart(quality: Quality, score: Estimate) -> Figure:
    name, difference = ALL_METRICS[quality.f1_name].title, quality.differences.get(quality.f1_name)
    marks = [Interval(f"{name} now", score.value, score.low, score.high, is_marked=True)]
    if difference is not None:
        before = difference.before
        marks.insert(0, Interval(f"{name} on held-out rows", before.value, before.low, before.high))
    return interval_chart(f"{name} then and now", marks, line=quality.floor, line_name=f"floor {quality.floor:g}")


def _scores_table(quality: Quality) -> Table:
    columns = [
        TableColumn("metric"),
        TableColumn("now [95 % interval]", is_number=True),
        TableColumn("on held-out rows", is_number=True),
        TableColumn("difference", is_number=True),
        TableColumn(""),
    ]
    rows: list[list[Cell]] = [
        [score_title(name), scored(score, ".4f"), *_before(quality, name)] for name, score in quality.scores.items()
    ]
    return Table(columns, rows)


def _before(quality: Quality, name: str) -> tuple[Cell, Cell, Cell]:
    one = quality.differences.get(name)
    if one is None:
        return None, None, None
    is_better = one.is_better and quality.is_sufficient
    mark = Mark("warn", "worse") if name in quality.worse else Mark("ok", "better") if is_better else None
    return scored(one.before, ".4f"), scored(one.difference, "+.4f"), mark


def _decisions(counts: Confusion, classes: tuple[str, str]) -> Figure:
    cells = ((counts.true_negative, counts.false_positive), (counts.false_negative, counts.true_positive))
    return confusion_matrix(classes, cells)


def _parts_sections(quality: Quality) -> Iterator[Section]:
    if quality.slices:
        table = slice_table(quality.slices, quality.metric)
        yield Section("Quality, for whom", [table], lead=said_of_slices(quality.slices))
    if len(quality.periods) > 1:
        yield Section(
            "Calibration over time",
            [FigureGrid(_period_charts(quality.periods)), _periods_table(quality.periods)],
            lead="Labelled predictions in parts of as many rows. The calibration error is the mean distance of "
            "probability and share of positives over five bins; beside it what chance alone makes on so few rows.",
        )


def _period_charts(periods: Sequence[CalibrationPeriod]) -> list[Figure]:
    def line(name: str, values: Sequence[float]) -> Timeline:
        middles = [(one.first_at + one.last_at) / 2 for one in periods]
        return Timeline(name, list(zip(middles, values, strict=True)))

    rates = [line("share of positives", [one.rate.value for one in periods])]
    rates.append(line("mean probability", [one.score for one in periods]))
    errors = [line("calibration error", [one.calibration_error for one in periods])]
    errors.append(line("by chance", [one.by_chance for one in periods]))
    return [
        timeline_chart("Answered, and come true", rates, write=_share),
        timeline_chart("Calibration error", errors, write=_share),
    ]


def _periods_table(periods: Sequence[CalibrationPeriod]) -> Table:
    columns = [
        TableColumn("from"),
        TableColumn("to"),
        TableColumn("rows", is_number=True),
        TableColumn("mean probability", is_number=True, form=".3f"),
        TableColumn("share of positives [95 % interval]", is_number=True),
        TableColumn("calibration error", is_number=True, form=".3f"),
        TableColumn("by chance", is_number=True, form=".3f"),
    ]
    rows: list[list[Cell]] = [
        [
            _moment(one.first_at),
            _moment(one.last_at),
            one.rows,
            one.score,
            scored(one.rate),
            one.calibration_error,
            one.by_chance,
        ]
        for one in periods
    ]
    return Table(columns, rows)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _share(value: float) -> str:
    return f"{value:.1%}"
