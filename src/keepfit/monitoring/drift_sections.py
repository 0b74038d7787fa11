"""What a check says of drift, as sections of its page."""

from __future__ import annotations

import math
from collections.abc import Sequence

from keepfit.monitoring.column_drift import ColumnDrift, Rate
from keepfit.monitoring.column_history import ColumnHistory
from keepfit.monitoring.drift import Drift
from keepfit.monitoring.effects import MEASURES
from keepfit.monitoring.exact_distances import ExactDistance
from keepfit.monitoring.findings import Findings, RowFindings
from keepfit.monitoring.observed_window import ObservedWindow, Stretch
from keepfit.monitoring.summaries import missing_share, summary
from keepfit.profiles import CategoryProfile, ColumnProfile, NumberProfile, Profile, drawn_numbers
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting import (
    Block,
    Bullets,
    Cell,
    Details,
    Figure,
    FigureGrid,
    Mark,
    Paragraph,
    Section,
    Table,
    TableColumn,
    Worded,
)
from keepfit.reporting.figures import (
    Bar,
    Interval,
    Timeline,
    effect_bars,
    interval_chart,
    overlaid_categories,
    overlaid_numbers,
    timeline_chart,
)

_NAMES = ("reference", "window")
_MOST_BARS, _MOST_FIGURES, _MOST_TIMELINES = 30, 30, 12
_LEAST_SHOWN = 1e-300
_HEADINGS = [
    TableColumn("column"),
    TableColumn("state"),
    TableColumn("what changed"),
    TableColumn("since"),
    TableColumn("importance", is_number=True, form=".0%"),
    TableColumn("effect", is_number=True),
    TableColumn("adjusted p", is_number=True, form=".2g"),
]
_MORE_HEADINGS = [
    TableColumn("column"),
    TableColumn("values then", is_number=True, form=","),
    TableColumn("values now", is_number=True, form=","),
    TableColumn("missing", is_number=True),
    TableColumn("unseen", is_number=True, form=".1%"),
    TableColumn("measured by"),
    TableColumn("p", is_number=True, form=".2g"),
    *(TableColumn(title, is_number=True, form=".4f") for title in MEASURES.values()),
]


def changes_section(findings: Findings, section: MonitoringSection) -> Section:
    """Say how far each column has moved, the largest effect first."""
    drift = findings.drift
    ordered = sorted([*drift.columns, *drift.scores, *drift.labels], key=lambda one: -_size(one))
    bars = [Bar(_title(one), one.effect.size, _mark(one).state) for one in ordered[:_MOST_BARS]]
    chart = effect_bars(
        "Size of each change, less chance", bars, threshold=section.min_effect, threshold_name="smallest that counts"
    )
    table = Table(_HEADINGS, [_row(one, findings) for one in ordered])
    exact = findings.rows.exact
    measures: list[list[Cell]] = [
        [
            _title(one),
            *one.rows,
            _rate(one.missing),
            one.unseen.window if one.unseen else None,
            MEASURES[one.effect.measure],
            one.p_value,
            *(one.distances.get(name) for name in MEASURES),
            *([_exact(exact.get(one.name) if one.subject == "feature" else None)] if exact else ()),
        ]
        for one in ordered
    ]
    headings = [*_MORE_HEADINGS, *([TableColumn("of raw values")] if exact else ())]
    every = Details("Every distance, as it is found", [Table(headings, measures)])
    return Section("What changed", [chart, table, every])


def columns_section(reference: Profile, window: Profile, drift: Drift) -> Section:
    """Draw columns, those that changed most first, and then what the model answered."""
    order = sorted(range(len(drift.columns)), key=lambda at: -_size(drift.columns[at]))
    figures = [_overlay(reference.columns[at], window.columns[at]) for at in order[:_MOST_FIGURES]]
    figures += [
        _overlay(old.score, new.score)
        for old, new in zip(reference.outputs, window.outputs, strict=True)
        if new.score.known
    ]
    left_out = len(order) - _MOST_FIGURES
    more = f" Of the columns that changed less, {left_out} are not drawn." if left_out > 0 else ""
    lead = f"Areas are shares of the rows with a value.{more}"
    return Section("Each column, then and now", [FigureGrid(figures)], lead=lead)


def over_time_section(reference: Profile, window: ObservedWindow, findings: Findings) -> list[Section]:
    """Draw what has drifted over the stretches of the window; nothing where its times are not known."""
    known = [one for one in window.stretches if one.first_at is not None]
    drifted = findings.drift.drifted[:_MOST_TIMELINES]
    if not drifted or len(known) < 2:  # noqa: PLR2004 - one point is no course
        return []
    places = {column.name: at for at, column in enumerate(reference.columns)}
    figures = [
        _course(one, _pair(reference, window.profile, places[one.name]), known, places[one.name]) for one in drifted
    ]
    lead = "Each point is a part of the window; the dashed line is the reference."
    return [Section("What has drifted, over time", [FigureGrid(figures)], lead=lead)]


def together_section(found: RowFindings) -> list[Section]:
    """Say how well a model tells the window from the training rows, where that was asked for."""
    shift = found.multivariate
    if shift is None:
        said = f"They cannot be judged: {found.obstacle}."
        return [Section("All columns together", [Paragraph(said)])] if found.obstacle else []
    interval = Interval("ROC AUC", shift.auc, shift.low, shift.high, is_marked=True)
    said = (
        f"A model that was asked about {shift.rows:,} rows of each side, none of which it had learnt from, tells them "
        f"apart with a ROC AUC of {shift.auc:.3f} [{shift.low:.3f}, {shift.high:.3f}], p = {shift.p_value:.2g}; 0.5 is "
        "what guessing does."
    )
    blocks: list[Block] = [
        interval_chart(
            "How well they are told apart", [interval], line=shift.least_auc, line_name="smallest that counts"
        ),
        Paragraph(said),
    ]
    if shift.told_by:
        named = (f"{one.name}: without it the AUC is {one.auc_drop:.3f} lower" for one in shift.told_by)
        blocks.append(Bullets(tuple(named)))
    return [Section("All columns together", blocks)]


def _row(column: ColumnDrift, findings: Findings) -> list[Cell]:
    drift = findings.drift
    return [
        _title(column),
        _mark(column),
        "; ".join(column.reasons),
        _since(findings.since.get(column.name) if column.subject == "feature" else None),
        drift.importances.get(column.name) if column.subject == "feature" else None,
        _effect(column),
        _chance(column.adjusted_p_value),
    ]


def _chance(p_value: float) -> Cell:
    return p_value if p_value >= _LEAST_SHOWN else Worded(f"< {_LEAST_SHOWN:g}", p_value)


def _rate(rate: Rate) -> Cell:
    return Worded(f"{rate.reference:.1%} → {rate.window:.1%}", rate.window - rate.reference)


def _exact(distance: ExactDistance | None) -> Cell:
    return None if distance is None else Worded(f"{MEASURES[distance.name]} {distance.value:.4f}", distance.value)


def _pair(reference: Profile, window: Profile, at: int) -> tuple[ColumnProfile, ColumnProfile]:
    return reference.columns[at], window.columns[at]


def _title(column: ColumnDrift) -> str:
    return f"{column.name} (label)" if column.subject == "label" else column.name


def _size(column: ColumnDrift) -> float:
    return 0.0 if math.isnan(column.effect.size) else column.effect.size


def _effect(column: ColumnDrift) -> Cell:
    effect = column.effect
    if math.isnan(effect.size):
        return None
    return Worded(f"{effect.size:.3f} [{effect.low:.3f}, {effect.high:.3f}]", effect.size)


def _since(since: ColumnHistory | None) -> str:
    if since is None:
        return ""
    when = "the start or before"
    if since.stretch:
        when = f"{since.changed_at:%Y-%m-%d %H:%M}" if since.changed_at else f"part {since.stretch + 1} of the window"
    return when if since.first_check is None else f"{when}; checks since {since.first_check:%Y-%m-%d %H:%M}"


def _mark(column: ColumnDrift) -> Mark:
    if not column.is_sufficient:
        return Mark("unknown", "too few rows")
    return Mark("alarm", "drifted") if column.is_drifted else Mark("ok", "stable")


def _overlay(old: ColumnProfile, new: ColumnProfile) -> Figure:
    if isinstance(old, NumberProfile) and isinstance(new, NumberProfile):
        edges, before, now = drawn_numbers(old, new)
        return overlaid_numbers(old.name, edges, before, now, names=_NAMES, is_date=old.is_date)
    assert isinstance(old, CategoryProfile)  # noqa: S101 - profiles in the same bins are of one kind
    sides = [
        [*one.levels[: len(old.labels)], sum(one.levels[len(old.labels) : -1]), one.levels[-1]] for one in (old, new)
    ]
    return overlaid_categories(old.name, (*old.labels, "all others", "unseen"), *sides, names=_NAMES)


def _course(
    column: ColumnDrift, pair: tuple[ColumnProfile, ColumnProfile], stretches: Sequence[Stretch], at: int
) -> Figure:
    """Draw the number that says most of a column's change, over the stretches."""
    told = missing_share() if column.missing.is_changed else summary(*pair)
    points = [(one.first_at.timestamp(), told.value(one.profile.columns[at])) for one in stretches if one.first_at]
    line, limit = Timeline("window", points), told.value(pair[0])
    return timeline_chart(f"{column.name}: {told.what}", [line], write=told.write, limit=limit, from_zero=False)
