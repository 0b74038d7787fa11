"""`keepfit check`: a window against the reference profile, and the verdict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.errors import MonitoringError
from keepfit.journal import Journal, LabelledPrediction, Window
from keepfit.monitoring import State, Verdict, compare_profiles, judge
from keepfit.monitoring.check_event import Asked, event_facts
from keepfit.monitoring.check_facts import Checked, check_facts
from keepfit.monitoring.column_history import column_histories
from keepfit.monitoring.findings import Findings, RowFindings
from keepfit.monitoring.floors import require_floors
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.monitoring.page import check_page
from keepfit.monitoring.past_checks import CHECKED, CHECKED_ELSE, PastCheck, past_checks
from keepfit.monitoring.stability import settled
from keepfit.profiles import Profile
from keepfit.profiles.profile_file import read_profile, require_of
from keepfit.reporting import write_json, write_page
from keepfit.workflows.check_quality import LabelledRows, labelled_rows, quality_findings
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.windows.journal import journal_window, labelled_window, require_span
from keepfit.workflows.windows.profiles import PROFILE_SUFFIX, profile_window
from keepfit.workflows.windows.reference import reference_of


@dataclass(frozen=True, slots=True)
class CheckTask:
    """What is to be checked.

    Attributes
    ----------
    since, until
        Of the journal, what was answered at this time or later, and before this time: the newest `window_rows` of it.
    windows
        Instead of the journal a table, or profiles that `keepfit profile` has written.
    reference
        A profile that the window is compared with, instead of the rows that trained.
    scores
        Whether the champion scores the rows of a table that has no column `probability`.
    multivariate, exact
        Whether all columns are looked at together, and whether each column's raw values are compared too; both need the
        table that taught the champion.
    """

    since: datetime | None = None
    until: datetime | None = None
    windows: tuple[Path, ...] = ()
    reference: Path | None = None
    scores: bool = False
    multivariate: bool = False
    exact: bool = False

    @property
    def asked(self) -> Asked:
        """What the journal is told of it."""
        reference = self.reference.name if self.reference else None
        return Asked(self.since, self.until, tuple(path.name for path in self.windows), reference)


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


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is judged.

    Attributes
    ----------
    window
        The rows, counted, without the columns that are not kept.
    rows
        Those with a label; None where labels are known as counts alone.
    labelled
        The predictions of the journal that these are.
    not_kept
        Columns that the journal, or who counted a profile, does not keep.
    """

    window: ObservedWindow
    rows: LabelledRows | None
    labelled: tuple[LabelledPrediction, ...] = ()
    not_kept: frozenset[str] = frozenset()

    @property
    def label_count(self) -> int:
        """How many labels are known."""
        return sum(self.window.profile.outputs[0].labelled) if self.rows is None else len(self.rows.labels)


def check(rooms: Rooms, task: CheckTask = CheckTask(), *, on_progress: Progress = no_progress) -> CheckReport:
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
        When a floor or a slice is declared of no column.
    """
    _require_sensible(task)
    champion, section = rooms.store.champion(), rooms.project.monitoring
    require_floors(section, champion.facts.signature)
    with rooms.journal() as journal:
        judged = _observe(rooms, journal, task, champion, on_progress)
        is_now = task.asked.is_now
        history = past_checks(journal, champion.facts.name, champion.facts.version) if is_now else ()
        reference, words = _reference(rooms, task, champion, judged)
        now = utc_now()
        findings = _find(rooms, task, champion, (reference, judged), history=history, now=now)
        checked = _checked(champion, judged, stamp(now), words)
        page, facts = _write(rooms, reference, checked, findings)
        told = event_facts(checked, findings, task.asked, labels=judged.label_count)
        journal.record_event(rooms.project.name, CHECKED if is_now else CHECKED_ELSE, rooms.actor, told)
    rows = judged.window.profile.rows
    said = f"v{champion.facts.version}, {rows} rows, {judged.label_count} labels: {findings.verdict.state}"
    rooms.log.add("check", f"{said}; {page.name}")
    return CheckReport(champion, rows, judged.labelled, judged.label_count, findings, page, facts)


def _require_sensible(task: CheckTask) -> None:
    """Refuse what contradicts itself."""
    require_span(task.since, task.until)
    if task.windows and (task.since is not None or task.until is not None):
        hint = "since and until choose predictions of the journal"
        raise MonitoringError("a file is checked as a whole", where=str(task.windows[0]), hint=hint)
    if task.scores and not task.windows:
        raise MonitoringError("only the rows of a table are scored", where="--score", hint="name one by --window")
    if task.reference and (task.multivariate or task.exact):
        hint = "leave --reference out, or --multivariate and --exact"
        raise MonitoringError("a profile has no rows to compare with", where=str(task.reference), hint=hint)


def _observe(rooms: Rooms, journal: Journal, task: CheckTask, champion: Bundle, on_progress: Progress) -> _Judged:
    if task.windows:
        return _of_files(rooms, task, champion, on_progress)
    return _of_journal(rooms, journal, task, champion)


def _of_journal(rooms: Rooms, journal: Journal, task: CheckTask, champion: Bundle) -> _Judged:
    journal.match_labels(rooms.project.name)
    rows, version = rooms.project.monitoring.window_rows, champion.facts.version
    window = journal_window(journal, Window(rooms.project.name, rows, task.since, task.until, version), champion)
    labelled = labelled_window(rooms, journal, champion, since=task.since, until=task.until)
    found, not_kept = labelled_rows(labelled, window, champion.facts.signature), rooms.redaction().dropped
    known = window.with_labels(found.labels, found.probability).without(not_kept)
    return _Judged(known, found, labelled, frozenset(not_kept))


def _of_files(rooms: Rooms, task: CheckTask, champion: Bundle, on_progress: Progress) -> _Judged:
    from keepfit.workflows.windows.table_file import file_window  # noqa: PLC0415 - polars, which a journal needs not

    if all(path.suffix.lower() == PROFILE_SUFFIX for path in task.windows):
        window, not_kept = profile_window(task.windows, champion)
        return _Judged(window.without(not_kept), None, not_kept=not_kept)
    if len(task.windows) > 1:
        where, hint = str(task.windows[1]), "count each with `keepfit profile`, and check the profiles together"
        raise MonitoringError("a check looks at one table", where=where, hint=hint)
    found = file_window(rooms, task.windows[0], champion, scores=task.scores, on_progress=on_progress)
    is_in_window = np.ones(len(found.labels), dtype=np.bool_)
    return _Judged(found.window, LabelledRows(found.matrix, found.labels, found.probability, is_in_window))


def _find(
    rooms: Rooms,
    task: CheckTask,
    champion: Bundle,
    sides: tuple[Profile, _Judged],
    *,
    history: Sequence[PastCheck],
    now: datetime,
) -> Findings:
    """Compare both sides, and say what that means."""
    section, (reference, judged) = rooms.project.monitoring, sides
    window, before = judged.window, history[0] if history else None
    drift = compare_profiles(
        reference,
        window.profile,
        section,
        importances=champion.facts.importances,
        drifted_before=before.drifted if before else (),
    )
    own = Profile.from_dict(champion.profile).without(judged.not_kept)
    quality = quality_findings(rooms, champion, own, window, judged.rows, dropped=judged.not_kept)
    rows = _rows(rooms, task, champion, judged.not_kept)
    verdict = judge(
        drift,
        quality.measured,
        section,
        multivariate=rows.multivariate,
        concept=quality.concept,
        quality_before=before.quality if before else State.OK,
        rows="rows" if task.windows else "predictions",
        counted_labels=judged.label_count,
    )
    if task.asked.is_now:
        verdict = settled(verdict, window.first_at, history, section.stability, now)
    return Findings(drift, quality, rows, verdict, column_histories(window, reference, drift, history))


def _write(rooms: Rooms, reference: Profile, checked: Checked, findings: Findings) -> tuple[Path, Path]:
    """Write the page and the facts; return where."""
    name = f"check-{checked.made_at.replace(':', '').replace('.', '')}"
    page, facts = rooms.workspace.reports / f"{name}.html", rooms.workspace.reports / f"{name}.json"
    write_json(check_facts(checked, findings), facts)
    write_page(check_page(checked, reference, findings, rooms.project.monitoring), page)
    return page, facts


def _rows(rooms: Rooms, task: CheckTask, champion: Bundle, dropped: Collection[str]) -> RowFindings:
    """Look at the rows themselves, where that is asked for."""
    if not (task.multivariate or task.exact):
        return RowFindings()
    from keepfit.workflows.check_by_rows import findings_of_rows, rows_asked  # noqa: PLC0415 - reads the table, by polars

    table = task.windows[0] if task.windows else None
    if table is not None and table.suffix.lower() == PROFILE_SUFFIX:
        hint = "name a table, or leave out --multivariate and --exact"
        raise MonitoringError("a profile has no rows", where=str(table), hint=hint)
    window = rows_asked(rooms, champion, table, task.since, task.until)
    return findings_of_rows(rooms, champion, window, dropped=dropped, multivariate=task.multivariate, exact=task.exact)


def _reference(rooms: Rooms, task: CheckTask, champion: Bundle, judged: _Judged) -> tuple[Profile, str]:
    """Return what the window is compared with, and what it is in words where it is not all rows that taught."""
    if task.reference is None:
        found, words = reference_of(champion, judged.window, rooms.project.monitoring.season)
        return found.without(judged.not_kept), words
    kept, facts, where = read_profile(task.reference), champion.facts, str(task.reference)
    require_of(kept, Profile.from_dict(champion.profile), project=facts.name, version=facts.version, where=where)
    return kept.profile.without(judged.not_kept), f"{kept.profile.rows:,} rows of {kept.source} ({task.reference.name})"


def _checked(champion: Bundle, judged: _Judged, made_at: str, words: str) -> Checked:
    facts, lineage = champion.facts, champion.facts.lineage
    return Checked(
        project=facts.name,
        version=facts.version,
        made_at=made_at,
        window=judged.window,
        reference_rows=lineage.rows,
        source=lineage.source,
        origin=lineage.origin,
        warning=lineage.warning,
        classes=facts.signature.outcome.labels,
        expected=facts.scores,
        reference=words,
        not_kept=tuple(sorted(judged.not_kept)),
    )
