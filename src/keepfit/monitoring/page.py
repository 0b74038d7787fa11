"""The page of a check: is it fine, what has changed, since when, how much it matters, and how good the answers are."""

from __future__ import annotations

from collections.abc import Iterator

from keepfit.evaluation.recommendations import ALL_METRICS
from keepfit.monitoring.check_facts import Checked
from keepfit.monitoring.drift import Drift
from keepfit.monitoring.drift_sections import (
    changes_section,
    columns_section,
    over_time_section,
    together_section,
)
from keepfit.monitoring.expected_quality import ExpectedQuality
from keepfit.monitoring.findings import Findings, QualityFindings
from keepfit.monitoring.quality_sections import quality_sections
from keepfit.monitoring.state import State
from keepfit.profiles import Profile
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting import Badge, Bullets, KeyFigure, Page, Section

_NAMED = 8  # columns that are left out

_BADGES = {State.OK: "ok", State.WARN: "warn", State.ALARM: "alarm", State.INSUFFICIENT: "unknown"}


def check_page(checked: Checked, reference: Profile, findings: Findings, section: MonitoringSection) -> Page:
    """Compose the page.

    Parameters
    ----------
    checked
        What was checked.
    reference
        What the window was compared with.
    findings
        What was found.
    section
        The limits.
    """
    drift, window = findings.drift, checked.window
    sections = [Section("Verdict", [Bullets(findings.verdict.reasons)]), changes_section(findings, section)]
    if drift.rows_window:
        sections += over_time_section(reference, window, findings)
        sections += together_section(findings.rows)
        sections.append(columns_section(reference, window.profile, drift))
    found = findings.quality
    sections += quality_sections(found, checked.classes, no_quality=checked.no_quality)
    return Page(
        title=f"{checked.project}: check of version {checked.version}",
        subtitle=f"{drift.rows_window:,} rows of {window.source}, {_span(checked)}; reference: "
        f"{checked.reference or _training(checked)}",
        sections=sections,
        badge=Badge(_BADGES[findings.verdict.state], findings.verdict.state),
        key_figures=_key_figures(checked, drift, found),
        notice=" ".join(said for said in (checked.warning, *_left_out(checked)) if said),
        footer=f"Made by Keepfit at {checked.made_at}. A column has drifted when its change is significant at "
        f"{section.significance:g} after Holm's correction over all columns and tests, and its effect, less what "
        f"chance alone would show, reaches its floor ({section.min_effect:g}, if none of its own is declared); one "
        f"that had drifted in the check before stays so down to {section.stability.release:.0%} of it. "
        "Intervals are 95 % intervals.",
    )


def _span(checked: Checked) -> str:
    if not checked.window.profile.rows:
        return f"no {checked.row_word} yet"
    first_at, last_at = checked.window.first_at, checked.window.last_at
    if first_at is None or last_at is None:
        return "whose times are not known"
    return f"{first_at:%Y-%m-%d %H:%M} to {last_at:%Y-%m-%d %H:%M} UTC"


def _training(checked: Checked) -> str:
    return f"{checked.reference_rows:,} training rows of {checked.source} ({checked.origin})"


def _left_out(checked: Checked) -> Iterator[str]:
    """Say which columns are not compared, and why."""
    for why, names in (("as it is not kept", checked.not_kept), ("by [monitoring] ignored", checked.ignored)):
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            yield f"Not compared, {why}: {', '.join(names[:_NAMED])}{more}."


def _key_figures(checked: Checked, drift: Drift, found: QualityFindings) -> list[KeyFigure]:
    figures = [
        KeyFigure(checked.row_word, f"{drift.rows_window:,}"),
        KeyFigure("columns drifted", f"{len(drift.drifted)} of {len(drift.columns)}", _weight(drift)),
    ]
    quality = found.measured
    if quality is None:
        labels = KeyFigure("labels", f"{checked.labels:,}" if checked.labels else "none", checked.no_quality)
        return [*figures, labels, *_estimated(found.expected)]
    score, name = quality.f1, ALL_METRICS[quality.f1_name].title
    figures.append(KeyFigure("labels", f"{quality.labelled:,}", "the newest that have come"))
    if score is None:
        return [*figures, KeyFigure(name, "not known", "no label lists what was added")]
    said = f"{score.low:.3f} to {score.high:.3f}; floor {quality.floor:g}"
    return [*figures, KeyFigure(name, f"{score.value:.3f}", said)]


def _estimated(expected: ExpectedQuality | None) -> list[KeyFigure]:
    score = None if expected is None else expected.scores.get("f1")
    if score is None:
        return []
    return [KeyFigure("F1, an estimate", f"{score.value:.3f}", f"{score.low:.3f} to {score.high:.3f}; without labels")]


def _weight(drift: Drift) -> str:
    return "" if drift.drifted_importance is None else f"{drift.drifted_importance:.0%} of what the model rests on"
