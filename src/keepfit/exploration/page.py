"""The page of an exploration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keepfit.datasets import QUANTILES, CleaningStep, ColumnFacts
from keepfit.exploration.exploration import Exploration
from keepfit.exploration.features import Rate
from keepfit.exploration.findings import SHOWN_FINDINGS, Finding, Topic
from keepfit.exploration.flags import Flags
from keepfit.exploration.pairs import Spread
from keepfit.exploration.panel_page import panel_sections
from keepfit.reporting import (
    Block,
    Bullets,
    Cell,
    Details,
    Figure,
    FigureGrid,
    KeyFigure,
    Page,
    Paragraph,
    Section,
    Table,
    TableColumn,
    Worded,
)
from keepfit.reporting.figures import Interval, association_square, interval_chart, overlaid_categories, share_square

_SHOWN_TOP = 5


@dataclass(frozen=True, slots=True)
class ExploredTable:
    """What was explored.

    Attributes
    ----------
    project, made_at
        The project, and when.
    source, origin, address
        The table, how it was got, and from where.
    warning
        What is wrong with it; empty for nothing.
    file_bytes
        Size of its file.
    steps
        What the cleaning did before anything was described.
    """

    project: str
    made_at: str
    source: str
    origin: str
    address: str
    warning: str
    file_bytes: int
    steps: tuple[CleaningStep, ...] = ()


def explore_page(explored: ExploredTable, found: Exploration) -> Page:
    """Compose the page of an exploration."""
    memory, narrow = (sum(getattr(column, name) for column in found.columns) for name in ("bytes", "narrow_bytes"))
    positives = found.positives.rate
    sampled = "" if found.sampled_rows == found.rows else f"; associations on {found.sampled_rows:,} rows drawn from it"
    return Page(
        title=f"{explored.project}: the table",
        subtitle=f"{explored.source} ({explored.origin}): {found.rows:,} rows by {len(found.columns)} columns{sampled}",
        sections=[
            *(panel_sections(found.panel, found.outcome) if found.panel else ()),
            *_finding_sections(found),
            *_cleaning_sections(explored.steps),
            Section("Columns", [_columns_table(found)]),
            _target_section(found),
            _association_section(found),
            *_time_sections(found),
            *_flag_sections(found.flags),
        ],
        key_figures=[
            KeyFigure("rows", f"{found.rows:,}", _rows_note(found)),
            KeyFigure(found.outcome.positive, f"{positives.value:.1%}", f"{found.outcome.name}"),
            KeyFigure("missing cells", f"{sum(column.missing for column in found.columns):,}"),
            KeyFigure(
                "memory", _size(memory), f"{_size(narrow)} in narrow types; the file {_size(explored.file_bytes)}"
            ),
        ],
        notice=explored.warning,
        footer=f"Made by Keepfit at {explored.made_at} from {explored.address}. Association is Cramér's V, corrected "
        "for its bias (Bergsma 2013), numbers cut at their tenths; intervals are 95 % intervals.",
    )


def _rows_note(found: Exploration) -> str:
    if found.panel:
        return f"of {found.panel.rows:,}: these teach or are held out"
    return f"{found.duplicates:,} repeated" if found.duplicates else ""


def _finding_sections(found: Exploration) -> Iterator[Section]:
    if found.leaks:
        yield Section("Leakage", _shown(found.leaks, found), lead="What a model must not know, or may not know yet.")
    shown, more = found.relations[:SHOWN_FINDINGS], found.relations[SHOWN_FINDINGS:]
    blocks = _shown(shown, found)
    if more:
        blocks.append(Details(f"{len(more)} more findings", [_bullets(more)]))
    yield Section("Findings", blocks, lead="The strongest first; each with the numbers that it rests on.")
    if found.flaws:
        yield Section("To look at before training", [_bullets(found.flaws)])


def _shown(findings: Sequence[Finding], found: Exploration) -> list[Block]:
    """Return findings, each with its figure where there is one."""
    blocks: list[Block] = []
    drawn = {finding.columns for finding in found.relations}
    for finding in findings:
        blocks.append(_bullets([finding]))
        figure = None if finding.topic is Topic.LEAKAGE and finding.columns in drawn else _figure(finding, found)
        blocks += [figure] if figure else []
    return blocks


def _bullets(findings: Sequence[Finding]) -> Bullets:
    return Bullets([f"{finding.sentence} ({finding.evidence})" for finding in findings])


def _cleaning_sections(steps: tuple[CleaningStep, ...]) -> Iterator[Section]:
    if steps:
        columns = [TableColumn("step"), TableColumn("rows", is_number=True), TableColumn("cells", is_number=True)]
        rows: list[list[Cell]] = [[step.said, step.rows, step.cells] for step in steps]
        yield Section("Cleaning", [Table(columns, rows)], lead="Declared in keepfit.toml; requests are cleaned alike.")


def _figure(finding: Finding, found: Exploration) -> Figure | None:
    """Draw what a finding speaks of."""
    if finding.topic in (Topic.FEATURE, Topic.LEAKAGE):
        return _target_figure(finding, found)
    if finding.topic is Topic.NUMBERS:
        pair = next(one for one in found.number_pairs if (one.first, one.second) == finding.columns)
        return _spreads_chart(f"{pair.second} by {pair.first}: median and quartiles", pair.spreads)
    if finding.topic is Topic.GROUPS:
        group = next(one for one in found.number_groups if (one.number, one.category) == finding.columns)
        return _spreads_chart(f"{group.number} by {group.category}: median and quartiles", group.spreads)
    return None


def _target_figure(finding: Finding, found: Exploration) -> Figure | None:
    """Draw the target by the levels of a column, or by whether it is missing."""
    if finding.by_absence:
        absence = next(one for one in found.absences if one.columns == finding.columns)
        return _rates_chart(absence.columns[0], (absence.missing, absence.known), found)
    feature = next((one for one in found.features if (one.name,) == finding.columns), None)
    return _rates_chart(feature.name, feature.rates, found) if feature else None


def _rates_chart(name: str, rates: Sequence[Rate], found: Exploration) -> Figure:
    rows = [
        Interval(f"{rate.label} ({rate.rows:,})", rate.rate.value, rate.rate.low, rate.rate.high)
        for rate in rates
        if rate.rows
    ]
    return interval_chart(
        f"Share of {found.outcome.positive} by {name}", rows, line=found.positives.rate.value, line_name="all rows"
    )


def _spreads_chart(title: str, spreads: tuple[Spread, ...]) -> Figure:
    rows = [Interval(f"{spread.label} ({spread.rows:,})", spread.median, spread.low, spread.high) for spread in spreads]
    return interval_chart(title, rows)


def _columns_table(found: Exploration) -> Table:
    columns = [
        TableColumn("column"),
        TableColumn("kind"),
        TableColumn("missing", is_number=True, form=".1%"),
        TableColumn("different", is_number=True),
        TableColumn("least", is_number=True),
        *(TableColumn(f"{at:.0%}", is_number=True) for at in QUANTILES[1:-1]),
        TableColumn("greatest", is_number=True),
        TableColumn("mean", is_number=True),
        TableColumn("most frequent"),
        TableColumn("stored as"),
    ]
    return Table(columns, [_column_row(column) for column in found.columns])


def _column_row(column: ColumnFacts) -> list[Cell]:
    is_number = column.kind.is_numeric
    quantiles: list[Cell] = list(column.quantiles) if is_number else [None] * len(QUANTILES)
    about = "about " if column.is_sampled else ""
    top = "" if is_number else ", ".join(f"{value} ({about}{count:,})" for value, count in column.top[:_SHOWN_TOP])
    return [
        column.name,
        column.kind,
        column.missing_share,
        column.distinct,
        *quantiles,
        column.mean if is_number else None,
        top,
        f"{column.dtype} → {column.narrow_dtype}" if column.dtype != column.narrow_dtype else column.dtype,
    ]


def _target_section(found: Exploration) -> Section:
    columns = [
        TableColumn("column"),
        TableColumn("association with the target", is_number=True),
        TableColumn("ROC AUC alone", is_number=True),
        TableColumn(f"median, {found.outcome.negative}", is_number=True),
        TableColumn(f"median, {found.outcome.positive}", is_number=True),
    ]
    rows: list[list[Cell]] = []
    for feature in found.features:
        strength, area, medians = feature.association, feature.area, feature.medians
        rows.append(
            [
                feature.name,
                Worded(f"{strength.value:.3f} [{strength.low:.3f}, {strength.high:.3f}]", strength.value),
                Worded(f"{area.value:.3f} [{area.low:.3f}, {area.high:.3f}]", area.value) if area else None,
                *(medians or (None, None)),
            ]
        )
    marks = [
        Interval(feature.name, feature.association.value, feature.association.low, feature.association.high)
        for feature in found.features
    ]
    chart = interval_chart(f"Association with {found.outcome.name} (Cramér's V)", marks)
    classes = (found.outcome.negative, found.outcome.positive)
    drawn = [
        overlaid_categories(feature.name, [rate.label for rate in feature.rates], *feature.counts, names=classes)
        for feature in found.features
    ]
    return Section(
        "Columns and target",
        [chart, Table(columns, rows), Details("Each column by class", [FigureGrid(drawn)])],
        lead="The strongest first.",
    )


def _association_section(found: Exploration) -> Section:
    square = association_square("Association of all pairs (Cramér's V)", found.matrix.names, found.matrix.values)
    pairs: list[list[Cell]] = [
        [pair.first, pair.second, Worded(f"{pair.correlation.value:+.3f}", abs(pair.correlation.value))]
        for pair in found.number_pairs
    ]
    columns = [TableColumn("number"), TableColumn("number"), TableColumn("rank correlation", is_number=True)]
    blocks: list[Block] = [square]
    blocks.append(Table(columns, pairs) if pairs else Paragraph("There are no two numbers to correlate."))
    return Section("Columns and columns", blocks)


def _time_sections(found: Exploration) -> Iterator[Section]:
    outcome = found.outcome
    for periods in found.periods:
        if found.panel and periods.column == found.panel.month:
            continue  # the panel's own section has it
        marks = [
            Interval(f"{rate.label} ({rate.rows:,})", rate.rate.value, rate.rate.low, rate.rate.high)
            for rate in periods.rates
        ]
        title = f"Share of rows whose {outcome.name} is {outcome.positive}, by {periods.column}"
        chart = interval_chart(title, marks, line=found.positives.rate.value, line_name="all rows")
        yield Section(f"Over time: {periods.column}", [chart])


def _flag_sections(flags: Flags | None) -> Iterator[Section]:
    if flags is None:
        return
    columns = [TableColumn("flag"), TableColumn("share of the rows", is_number=True)]
    rows: list[list[Cell]] = [
        [rate.label, Worded(f"{rate.rate.value:.2%} [{rate.rate.low:.2%}, {rate.rate.high:.2%}]", rate.rate.value)]
        for rate in flags.rates
    ]
    square = share_square("Of the rows with one flag, the share with another", flags.names, flags.together)
    lead = (
        "How frequent each is, and, from the row to the column, how many that have one have the other too. A missing "
        "flag counts as not set."
    )
    yield Section("Flags together", [square, Table(columns, rows)], lead=lead)


def _size(count: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"
