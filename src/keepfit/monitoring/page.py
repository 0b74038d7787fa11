"""The page of a check: is it fine, what has changed, how much, and how good the answers are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keepfit.monitoring.column_drift import ColumnDrift
from keepfit.monitoring.drift import Drift
from keepfit.monitoring.effects import MEASURES
from keepfit.monitoring.quality import Quality
from keepfit.monitoring.quality_sections import quality_sections
from keepfit.monitoring.state import State
from keepfit.monitoring.verdict import Verdict
from keepfit.profiles import ColumnProfile, NumberProfile, Profile, level_counts
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting import (
    Badge,
    Bullets,
    Cell,
    Figure,
    FigureGrid,
    KeyFigure,
    Mark,
    Page,
    Section,
    Table,
    TableColumn,
)
from keepfit.reporting.figures import (
    Bar,
    effect_bars,
    overlaid_categories,
    overlaid_numbers,
)

_NAMES = ("reference", "window")
_BADGES = {State.OK: "ok", State.WARN: "warn", State.ALARM: "alarm", State.INSUFFICIENT: "unknown"}


@dataclass(frozen=True, slots=True)
class CheckedWindow:
    """What was checked.

    Attributes
    ----------
    project, version
        The project, and the version whose answers were looked at.
    made_at
        When.
    rows, first_at, last_at
        The window's predictions, and the moments of its first and last; None where there is none.
    reference_rows, source, origin, warning
        The table that the model learnt from: training rows, name, where it came from, and what is wrong with it.
    classes
        Labels of the negative and the positive class.
    expected
        The model's scores on held-out rows with the ends of their intervals, by metric.
    not_kept
        Columns that the journal does not keep, and so are not compared.
    """

    project: str
    version: int
    made_at: str
    rows: int
    first_at: str | None
    last_at: str | None
    reference_rows: int
    source: str
    origin: str
    warning: str
    classes: tuple[str, str]
    expected: Mapping[str, tuple[float, float, float]]
    not_kept: tuple[str, ...] = ()


def check_page(
    checked: CheckedWindow,
    profiles: tuple[Profile, Profile],
    findings: tuple[Drift, Quality | None, Verdict],
    section: MonitoringSection,
) -> Page:
    """Compose the page.

    Parameters
    ----------
    checked
        What was checked.
    profiles
        The reference's and the window's.
    findings
        Drift, quality (None without labels) and verdict.
    section
        The thresholds.
    """
    drift, quality, verdict = findings
    sections = [Section("Verdict", [Bullets(verdict.reasons)]), _drift_section(drift, section)]
    if drift.rows_window:
        sections.append(_columns_section(*profiles, drift))
    sections.extend(quality_sections(quality, checked.classes))
    span = f"{checked.first_at} to {checked.last_at}" if checked.first_at else "no predictions yet"
    return Page(
        title=f"{checked.project}: check of version {checked.version}",
        subtitle=f"{checked.rows} predictions, {span}; reference: {checked.reference_rows} training rows of "
        f"{checked.source} ({checked.origin})",
        sections=sections,
        badge=Badge(_BADGES[verdict.state], verdict.state),
        key_figures=_key_figures(drift, quality),
        notice=" ".join(said for said in (checked.warning, _not_kept(checked.not_kept)) if said),
        footer=f"Made by Keepfit at {checked.made_at}. A column has drifted when its change is significant at "
        f"{section.significance:g} after Holm's correction over all columns and tests, and its effect, less what "
        f"chance alone would show, is at least {section.min_effect:g}. Intervals are 95 % bootstrap intervals.",
    )


def _not_kept(names: Sequence[str]) -> str:
    return f"Not compared, as the journal does not keep it: {', '.join(names)}." if names else ""


def _key_figures(drift: Drift, quality: Quality | None) -> list[KeyFigure]:
    figures = [
        KeyFigure("predictions", f"{drift.rows_window:,}"),
        KeyFigure("columns drifted", f"{len(drift.drifted)} of {len(drift.columns)}"),
    ]
    if quality is None:
        return [*figures, KeyFigure("labels", "none yet")]
    score = quality.scores["f1"]
    return [
        *figures,
        KeyFigure("labels", f"{quality.labelled:,}", "the newest that have come"),
        KeyFigure("F1", f"{score.value:.3f}", f"{score.low:.3f} to {score.high:.3f}; floor {quality.floor:g}"),
    ]


def _drift_section(drift: Drift, section: MonitoringSection) -> Section:
    ordered = sorted(
        [*drift.columns, *drift.scores, *drift.labels],
        key=lambda column: -(0.0 if math.isnan(column.effect.size) else column.effect.size),
    )
    columns = [
        TableColumn("column"),
        TableColumn("state"),
        TableColumn("what changed"),
        TableColumn("effect", is_number=True, form=".3f"),
        TableColumn("measured by"),
        TableColumn("adjusted p", is_number=True, form=".2g"),
        TableColumn("PSI", is_number=True, form=".3f"),
        TableColumn("missing before", is_number=True, form=".1%"),
        TableColumn("missing now", is_number=True, form=".1%"),
        TableColumn("unseen", is_number=True, form=".1%"),
    ]
    rows: list[list[Cell]] = [
        [
            column.name,
            _mark(column, drift),
            "; ".join(column.reasons),
            column.effect.size,
            MEASURES[column.effect.measure],
            column.adjusted_p_value,
            column.distances.get("population_stability"),
            column.missing.reference,
            column.missing.window,
            column.unseen.window if column.unseen else None,
        ]
        for column in ordered
    ]
    bars = [Bar(column.name, column.effect.size, _mark(column, drift).state) for column in ordered]
    chart = effect_bars(
        "Size of each change, less chance", bars, threshold=section.min_effect, threshold_name="smallest that counts"
    )
    return Section("What changed", [chart, Table(columns, rows)])


def _mark(column: ColumnDrift, drift: Drift) -> Mark:
    if not drift.is_sufficient:
        return Mark("unknown", "too few rows")
    return Mark("alarm", "drifted") if column.is_drifted else Mark("ok", "stable")


def _columns_section(reference: Profile, window: Profile, drift: Drift) -> Section:
    """Draw every column, those that changed most first."""
    order = sorted(range(len(drift.columns)), key=lambda at: -(drift.columns[at].effect.size or 0.0))
    figures = [_overlay(reference.columns[at], window.columns[at]) for at in order]
    figures += [_overlay(old.score, new.score) for old, new in zip(reference.outputs, window.outputs, strict=True)]
    return Section(
        "Each column, then and now", [FigureGrid(figures)], lead="Areas are shares of the rows with a value."
    )


def _overlay(old: ColumnProfile, new: ColumnProfile) -> Figure:
    if isinstance(old, NumberProfile) and isinstance(new, NumberProfile):
        known = [value for value in (old.minimum, new.minimum, old.maximum, new.maximum) if value is not None]
        edges = [min([*known, *old.edges], default=0.0), *old.edges, max([*known, *old.edges], default=1.0)]
        return overlaid_numbers(old.name, edges, old.counts, new.counts, names=_NAMES, is_date=old.is_date)
    assert not isinstance(old, NumberProfile)  # noqa: S101 - profiles in the same bins are of one kind
    labels = (*old.labels, *("others" for _ in old.buckets), "unseen")
    return overlaid_categories(old.name, labels, level_counts(old).tolist(), level_counts(new).tolist(), names=_NAMES)
