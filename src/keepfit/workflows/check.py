"""`keepfit check`: a window against the reference profile, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.journal import Journal, LabelledPrediction
from keepfit.monitoring import State, Verdict, compare_profiles, judge
from keepfit.monitoring.check_event import event_facts
from keepfit.monitoring.check_facts import Checked, check_facts
from keepfit.monitoring.column_history import column_histories
from keepfit.monitoring.findings import Findings, RowFindings
from keepfit.monitoring.floors import require_floors
from keepfit.monitoring.ignored_columns import ignored_columns, require_ignored
from keepfit.monitoring.page import check_page
from keepfit.monitoring.past_checks import CHECKED, CHECKED_ELSE, PastCheck, past_checks
from keepfit.monitoring.stability import settled
from keepfit.profiles import Profile
from keepfit.reporting import write_json, write_page
from keepfit.workflows.check_quality import quality_findings
from keepfit.workflows.check_task import THE_NEWEST, CheckTask, require_sensible
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.windows.gathered import Gathered, gather
from keepfit.workflows.windows.reference import Reference, kept_reference, reference_of


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes
    ----------
    champion
        The version whose answers were looked at.
    rows
        How many of its newest predictions were looked at, or how many rows of a file.
    labelled
        Its newest predictions whose label has come, the oldest first; empty for a file.
    labels
        How many labels were looked at.
    findings
        What was found.
    page, facts
        The report to look at, and the same to read.
    """

    champion: Bundle
    rows: int
    labelled: tuple[LabelledPrediction, ...]
    labels: int
    findings: Findings
    page: Path
    facts: Path

    @property
    def verdict(self) -> Verdict:
        """What the findings mean."""
        return self.findings.verdict


def check(rooms: Rooms, task: CheckTask = THE_NEWEST, *, on_progress: Progress = no_progress) -> CheckReport:
    """Compare a window with what the champion was trained on, and judge.

    The verdict is an event of the journal, and a report in the workspace.

    Raises
    ------
    BundleError
        When there is no champion.
    MonitoringError
        When what is asked cannot be done, or a file is no window of the champion's.
    DatasetError
        When a table cannot be read, or lacks a column.
    ProjectError
        When a floor, an ignored column or a slice is declared that is no column.
    """
    require_sensible(task)
    champion, section = rooms.store.champion(), rooms.project.monitoring
    signature = champion.facts.signature
    require_floors(section, signature)
    require_ignored(section, signature)
    with rooms.journal() as journal:
        ignored = ignored_columns(section, signature)
        found = gather(rooms, journal, task, champion, on_progress).ignoring(ignored)
        reference = _reference(rooms, task, champion, found)
        gathered = found.without(reference.not_kept)
        by_rows = _by_rows(rooms, journal, task, champion, gathered)
        is_now = task.asked.is_now
        history = past_checks(journal, champion.facts.name, champion.facts.version) if is_now else ()
        now = utc_now()
        findings = _find(rooms, task, champion, gathered, reference, by_rows=by_rows, history=history, now=now)
        checked = _checked(champion, gathered, reference, task, made_at=stamp(now))
        page, facts = _write(rooms, checked, reference, findings)
        told = event_facts(checked, findings, task.asked)
        journal.record_event(rooms.project.name, CHECKED if is_now else CHECKED_ELSE, rooms.actor, told)
    rows = checked.window.profile.rows
    said = f"v{checked.version}, {rows} {checked.row_word}, {checked.labels} labels: {findings.verdict.state}"
    rooms.log.add("check", f"{said}; {page.name}")
    return CheckReport(champion, rows, gathered.labelled, checked.labels, findings, page, facts)


def _reference(rooms: Rooms, task: CheckTask, champion: Bundle, found: Gathered) -> Reference:
    """Return what the window is compared with, without what is ignored or either side does not keep."""
    if task.reference is None:
        reference = reference_of(champion, found.window, rooms.project.monitoring.season)
    else:
        reference = kept_reference(task.reference, champion)
    return reference._replace(profile=reference.profile.without(reference.not_kept | found.left_out))


def _by_rows(rooms: Rooms, journal: Journal, task: CheckTask, champion: Bundle, gathered: Gathered) -> RowFindings:
    """Look at the rows themselves, where that is asked for."""
    if not task.looks_at_rows:
        return RowFindings()
    from keepfit.workflows.check_by_rows import findings_of_rows, rows_asked  # noqa: PLC0415 - reads the table, by polars

    window = rows_asked(rooms, journal, champion, task, gathered.window)
    asked = {"multivariate": task.multivariate, "exact": task.exact}
    return findings_of_rows(rooms, champion, window, dropped=gathered.left_out, **asked)


def _find(
    rooms: Rooms,
    task: CheckTask,
    champion: Bundle,
    gathered: Gathered,
    reference: Reference,
    *,
    by_rows: RowFindings,
    history: Sequence[PastCheck],
    now: datetime,
) -> Findings:
    """Compare both sides, and say what that means."""
    section, window = rooms.project.monitoring, gathered.window
    before = history[0] if history else None
    drift = compare_profiles(
        reference.profile,
        window.profile,
        section,
        importances=champion.facts.importances,
        drifted_before=before.drifted if before else (),
    )
    own = Profile.from_dict(champion.profile).without(gathered.not_kept)
    quality = quality_findings(rooms, champion, own, window, gathered.labelled_rows, dropped=gathered.not_kept)
    verdict = judge(
        drift,
        quality.measured,
        section,
        multivariate=by_rows.multivariate,
        concept=quality.concept,
        quality_before=before.quality if before else State.OK,
        row_word=task.row_word,
        no_quality=gathered.no_quality,
    )
    if task.asked.is_now:
        verdict = settled(verdict, window.first_at, history, section.stability, now)
    return Findings(drift, quality, by_rows, verdict, column_histories(window, reference.profile, drift, history))


def _checked(champion: Bundle, gathered: Gathered, reference: Reference, task: CheckTask, *, made_at: str) -> Checked:
    facts, lineage = champion.facts, champion.facts.lineage
    return Checked(
        project=facts.name,
        version=facts.version,
        made_at=made_at,
        window=gathered.window,
        reference_rows=lineage.rows,
        source=lineage.source,
        origin=lineage.origin,
        warning=lineage.warning,
        classes=facts.signature.outcome.labels,
        expected=facts.scores,
        reference=reference.words,
        not_kept=tuple(sorted(gathered.not_kept)),
        ignored=tuple(sorted(gathered.ignored - gathered.not_kept)),
        row_word=task.row_word,
        labels=gathered.label_count,
        no_quality=gathered.no_quality,
    )


def _write(rooms: Rooms, checked: Checked, reference: Reference, findings: Findings) -> tuple[Path, Path]:
    """Write the page and the facts; return where."""
    name = f"check-{checked.made_at.replace(':', '').replace('.', '')}"
    page, facts = rooms.workspace.reports / f"{name}.html", rooms.workspace.reports / f"{name}.json"
    write_json(check_facts(checked, findings), facts)
    write_page(check_page(checked, reference.profile, findings, rooms.project.monitoring), page)
    return page, facts
