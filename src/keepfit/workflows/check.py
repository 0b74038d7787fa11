"""`keepfit check`: a window against the reference profile, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import stamp, stamp_exactly, utc_now
from keepfit.errors import MonitoringError
from keepfit.journal import Journal, LabelledPrediction, Window
from keepfit.monitoring import State, Verdict, compare_profiles, judge
from keepfit.monitoring.checked import Checked, check_facts
from keepfit.monitoring.findings import Findings, RowFindings
from keepfit.monitoring.observed import ObservedWindow
from keepfit.monitoring.page import check_page
from keepfit.monitoring.rolling import CHECKED, NOT_LIVE
from keepfit.monitoring.since import since_when
from keepfit.monitoring.stability import PastCheck, settled
from keepfit.profiles import Profile
from keepfit.profiles.kept import read_profile, require_of
from keepfit.reporting import write_json, write_page
from keepfit.workflows.check_quality import LabelledRows, labelled_rows, quality_findings
from keepfit.workflows.journal_window import journal_window
from keepfit.workflows.profile_window import PROFILE_SUFFIX, profile_window
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.window_reference import reference_of

_LOOKED_BACK_AT = 200


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
    def is_live(self) -> bool:
        """Whether it is about what is answered now: a verdict that stands until the next one."""
        return not self.windows and self.until is None and self.reference is None


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
class _Observed:
    """What is judged: the window, its rows with a label, and the predictions that those are of the journal."""

    window: ObservedWindow
    rows: LabelledRows
    labelled: tuple[LabelledPrediction, ...] = ()


def check(rooms: Rooms, task: CheckTask = CheckTask(), *, on_progress: Progress = no_progress) -> CheckReport:
    """Compare a window with what the champion was trained on, and judge.

    The verdict is an event of the journal, and a report in the workspace.

    Raises
    ------
    BundleError
        When there is no champion.
    MonitoringError
        When the time ends before it begins, or a file is no window of the champion's.
    DatasetError
        When a table cannot be read, or lacks a column.
    """
    since, until = task.since, task.until
    if since is not None and until is not None and since >= until:
        hint = "what was answered between the two is looked at"
        raise MonitoringError(f"{stamp(until)} is not after {stamp(since)}", where="until", hint=hint)
    champion = rooms.store.champion()
    with rooms.journal() as journal:
        found = (
            _of_files(rooms, task, champion, on_progress)
            if task.windows
            else _of_journal(rooms, journal, task, champion)
        )
        history = past_checks(journal, champion) if task.is_live else ()
        report, facts = _judge(rooms, task, champion, found, history)
        journal.record_event(rooms.project.name, CHECKED, rooms.actor, facts)
    said = f"v{champion.facts.version}, {report.rows} rows, {report.labels} labels: {report.verdict.state}"
    rooms.log.add("check", f"{said}; {report.page.name}")
    return report


def labelled_window(
    rooms: Rooms,
    journal: Journal,
    champion: Bundle,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[LabelledPrediction, ...]:
    """Return the champion's newest predictions whose label has come, the oldest first.

    Labels may lag by more predictions than a window holds: so these are found apart from the newest predictions.
    """
    rows, version = rooms.project.monitoring.window_rows, champion.facts.version
    found = journal.labelled(Window(rooms.project.name, rows, since, until, version, labelled_only=True))
    outcome = champion.facts.signature.outcome
    return tuple(row for row in found if outcome.code(row.label) is not None)


def past_checks(journal: Journal, champion: Bundle) -> tuple[PastCheck, ...]:
    """Return the checks of what the champion answered until then, the newest first."""
    events = journal.events(champion.facts.name, kinds=[CHECKED], limit=_LOOKED_BACK_AT)
    of_champion = [one for one in events if one.facts["version"] == champion.facts.version]
    live = [one for one in of_champion if not NOT_LIVE & one.facts.keys()]
    return tuple(PastCheck.of(one.at, one.facts) for one in reversed(live))


def _of_journal(rooms: Rooms, journal: Journal, task: CheckTask, champion: Bundle) -> _Observed:
    journal.match_labels(rooms.project.name)
    rows, version = rooms.project.monitoring.window_rows, champion.facts.version
    window = journal_window(journal, Window(rooms.project.name, rows, task.since, task.until, version), champion)
    labelled = labelled_window(rooms, journal, champion, since=task.since, until=task.until)
    found = labelled_rows(labelled, window, champion.facts.signature)
    return _Observed(window.with_labels(found.labels, found.probability), found, labelled)


def _of_files(rooms: Rooms, task: CheckTask, champion: Bundle, on_progress: Progress) -> _Observed:
    from keepfit.workflows.file_window import file_window  # noqa: PLC0415 - polars, which a journal's check needs not

    if task.since is not None or task.until is not None:
        hint = "since and until choose predictions of the journal"
        raise MonitoringError("a file is checked as a whole", where=str(task.windows[0]), hint=hint)
    are_profiles = [path.suffix.lower() == PROFILE_SUFFIX for path in task.windows]
    if all(are_profiles):
        window = profile_window(task.windows, champion)
        return _Observed(window, labelled_rows((), window, champion.facts.signature))
    if len(task.windows) > 1:
        where, hint = str(task.windows[1]), "count each with `keepfit profile`, and check the profiles together"
        raise MonitoringError("a check looks at one table", where=where, hint=hint)
    found = file_window(rooms, task.windows[0], champion, scores=task.scores, on_progress=on_progress)
    is_in_window = np.ones(len(found.labels), dtype=np.bool_)
    return _Observed(found.window, LabelledRows(found.matrix, found.labels, found.probability, is_in_window))


def _judge(
    rooms: Rooms, task: CheckTask, champion: Bundle, found: _Observed, history: Sequence[PastCheck]
) -> tuple[CheckReport, dict[str, Any]]:
    """Return the report, and what the journal is told of it."""
    section, window = rooms.project.monitoring, found.window
    dropped = () if task.windows else tuple(sorted(rooms.redaction().dropped))  # what is not kept is not missing
    reference, told = _reference(rooms, task, champion, window)
    reference, window = reference.without(dropped), window.without(dropped)
    drift = compare_profiles(
        reference,
        window.profile,
        section,
        importances=champion.facts.importances,
        drifted_before=history[0].drifted if history else (),
    )
    own = Profile.from_dict(champion.profile).without(dropped)
    quality = quality_findings(rooms, champion, own, window, found.rows, dropped=dropped)
    rows = _rows(rooms, task, champion, dropped)
    now = utc_now()
    verdict = judge(
        drift,
        quality.measured,
        section,
        shift=rows.multivariate,
        concept=quality.concept,
        quality_before=history[0].quality if history else State.OK,
    )
    if task.is_live:
        verdict = settled(verdict, window.first_at, history, section.stability, now)
    findings = Findings(drift, quality, rows, verdict, since_when(window, reference, drift, history))
    checked = _checked(champion, window, stamp(now), dropped, told)
    name = f"check-{stamp(now).replace(':', '').replace('.', '')}"
    page, facts = rooms.workspace.reports / f"{name}.html", rooms.workspace.reports / f"{name}.json"
    write_json(check_facts(checked, findings), facts)
    write_page(check_page(checked, reference, findings, section), page)
    count, labels = window.profile.rows, len(found.rows.labels)
    report = CheckReport(champion, count, found.labelled, labels, findings, page, facts)
    return report, _event(task, report, window, checked.made_at)


def _rows(rooms: Rooms, task: CheckTask, champion: Bundle, dropped: Sequence[str]) -> RowFindings:
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


def _reference(rooms: Rooms, task: CheckTask, champion: Bundle, window: ObservedWindow) -> tuple[Profile, str]:
    """Return what the window is compared with, and what it is where it is not all rows that trained."""
    if task.reference is None:
        return reference_of(champion, window, rooms.project.monitoring.season)
    kept, facts, where = read_profile(task.reference), champion.facts, str(task.reference)
    require_of(kept, Profile.from_dict(champion.profile), project=facts.name, version=facts.version, where=where)
    return kept.profile, f"{kept.profile.rows:,} rows of {kept.source} ({task.reference.name})"


def _event(task: CheckTask, report: CheckReport, window: ObservedWindow, made_at: str) -> dict[str, Any]:
    """Return what the journal is told of a check."""
    ends = {"first_at": window.first_at, "last_at": window.last_at}
    asked = {"since": task.since, "until": task.until}
    others = {"window": [path.name for path in task.windows], "reference": task.reference and task.reference.name}
    verdict = report.verdict.to_dict()
    stands_since = verdict.pop("since")
    return {
        "made_at": made_at,
        "version": report.champion.facts.version,
        "rows": report.rows,
        "labelled": report.labels,
        **{name: stamp_exactly(at) for name, at in ends.items() if at is not None},
        **{name: stamp(at) for name, at in asked.items() if at is not None},
        **{name: value for name, value in others.items() if value},
        "drifted_columns": [column.name for column in report.findings.drift.drifted],
        **verdict,
        "stands_since": stands_since,
    }


def _checked(champion: Bundle, window: ObservedWindow, made_at: str, dropped: tuple[str, ...], told: str) -> Checked:
    facts, lineage = champion.facts, champion.facts.lineage
    return Checked(
        project=facts.name,
        version=facts.version,
        made_at=made_at,
        window=window,
        reference_rows=lineage.rows,
        source=lineage.source,
        origin=lineage.origin,
        warning=lineage.warning,
        classes=facts.signature.outcome.labels,
        expected=facts.scores,
        reference=told,
        not_kept=dropped,
    )
