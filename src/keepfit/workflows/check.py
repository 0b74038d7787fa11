"""`keepfit check`: the journal's window against the reference profile, and the verdict."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import moment, stamp, utc_now
from keepfit.errors import MonitoringError
from keepfit.journal import Journal, LabelledPrediction, Window
from keepfit.monitoring import Drift, Quality, Verdict, compare_profiles, judge, measure
from keepfit.monitoring.page import CheckedWindow, check_page
from keepfit.monitoring.rolling import CHECKED
from keepfit.profiles import Profile, count_window, merge
from keepfit.reporting import write_json, write_page
from keepfit.scoring import HistoryReader
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes
    ----------
    champion
        The version whose answers were looked at.
    rows
        How many of its newest predictions were looked at.
    labelled
        Its newest predictions whose label has come, the oldest first.
    drift, quality, verdict
        The findings; quality is None without labels.
    page, facts
        The report to look at, and the same to read.
    """

    champion: Bundle
    rows: int
    labelled: tuple[LabelledPrediction, ...]
    drift: Drift
    quality: Quality | None
    verdict: Verdict
    page: Path
    facts: Path


@dataclass(frozen=True, slots=True)
class _Counted:
    """Predictions of a window, counted in the bins of the reference; the moments of the first and the last of them."""

    profile: Profile
    first_at: datetime | None
    last_at: datetime | None


def check(rooms: Rooms, *, since: datetime | None = None, until: datetime | None = None) -> CheckReport:
    """Compare the champion's newest predictions with what it was trained on, and judge.

    The verdict is an event of the journal, and a report in the workspace.

    Parameters
    ----------
    rooms
        The project.
    since, until
        Look at what was answered at this time or later, and before this time: the newest `window_rows` of it.

    Raises
    ------
    BundleError
        When there is no champion.
    MonitoringError
        When the time ends before it begins.
    """
    if since is not None and until is not None and since >= until:
        hint = "what was answered between the two is looked at"
        raise MonitoringError(f"{stamp(until)} is not after {stamp(since)}", where="until", hint=hint)
    champion = rooms.store.champion()
    version = champion.facts.version
    window = Window(rooms.project.name, rooms.project.monitoring.window_rows, since, until, version)
    with rooms.journal() as journal:
        journal.match_labels(rooms.project.name)
        counted = _count(journal, window, champion)
        labelled = labelled_window(rooms, journal, champion, since=since, until=until)
        report = _judge(rooms, champion, counted, labelled)
        told = {"version": version, "rows": report.rows, "labelled": len(labelled)}
        times = {name: stamp(at) for name, at in (("since", since), ("until", until)) if at is not None}
        drifted = {"drifted_columns": [column.name for column in report.drift.drifted]}
        facts = {**told, **times, **drifted, **report.verdict.to_dict()}
        journal.record_event(rooms.project.name, CHECKED, rooms.actor, facts)
    said = f"v{version}, {report.rows} rows, {len(labelled)} labels: {report.verdict.state}"
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


def _count(journal: Journal, window: Window, champion: Bundle) -> _Counted:
    """Count a window part by part: however many rows it has, a part of them is in memory."""
    reference = Profile.from_dict(champion.profile)
    reader = HistoryReader(champion.facts.signature)
    profile = count_window(reference, reader.matrix(()), np.empty(0))
    times: list[int] = []
    for part in journal.parts(window):
        counted = count_window(reference, reader.matrix(part.sent), np.array(part.probabilities))
        profile = merge(profile, counted)
        times = [min([*times, *part.at_microseconds]), max([*times, *part.at_microseconds])]
    first_at, last_at = (moment(at) for at in times) if times else (None, None)
    return _Counted(profile, first_at, last_at)


def _judge(rooms: Rooms, champion: Bundle, counted: _Counted, labelled: tuple[LabelledPrediction, ...]) -> CheckReport:
    section, signature = rooms.project.monitoring, champion.facts.signature
    dropped = rooms.redaction().dropped  # what is not kept is not missing
    reference, current = Profile.from_dict(champion.profile).without(dropped), counted.profile.without(dropped)
    drift = compare_profiles(reference, current, section)
    quality = None
    if labelled:
        labels = np.array([signature.outcome.code(row.label) for row in labelled], dtype=np.int8)
        probabilities = np.array([row.prediction.probability for row in labelled], dtype=np.float64)
        threshold, seed = champion.facts.threshold, rooms.project.project.seed
        quality = measure(labels, probabilities, section, threshold, seed=seed)
    verdict = judge(drift, quality, section)
    name = f"check-{stamp(utc_now()).replace(':', '').replace('.', '')}"
    page, facts = rooms.workspace.reports / f"{name}.html", rooms.workspace.reports / f"{name}.json"
    checked = replace(_checked(rooms, champion, counted), not_kept=tuple(sorted(dropped)))
    told = {"verdict": verdict.to_dict(), "drift": drift.to_dict(), "quality": quality.to_dict() if quality else None}
    write_json({**asdict(checked), **told}, facts)
    write_page(check_page(checked, (reference, current), (drift, quality, verdict), section), page)
    return CheckReport(champion, checked.rows, labelled, drift, quality, verdict, page, facts)


def _checked(rooms: Rooms, champion: Bundle, counted: _Counted) -> CheckedWindow:
    facts, lineage = champion.facts, champion.facts.lineage
    return CheckedWindow(
        project=rooms.project.name,
        version=facts.version,
        made_at=stamp(utc_now()),
        rows=counted.profile.rows,
        first_at=None if counted.first_at is None else stamp(counted.first_at),
        last_at=None if counted.last_at is None else stamp(counted.last_at),
        reference_rows=lineage.rows,
        source=lineage.source,
        origin=lineage.origin,
        warning=lineage.warning,
        classes=facts.signature.outcome.labels,
        expected=facts.scores,
    )
