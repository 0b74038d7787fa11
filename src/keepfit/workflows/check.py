"""`keepfit check`: the journal's window against the reference profile, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.journal import Journal, LabelledPrediction
from keepfit.monitoring import Drift, Quality, Verdict, compare_profiles, judge, measure
from keepfit.monitoring.page import CheckedWindow, check_page
from keepfit.profiles import Profile, count_window
from keepfit.reporting import write_json, write_page
from keepfit.scoring import history_door
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes
    ----------
    champion
        The version whose answers were looked at.
    window, labelled
        Its newest predictions, and its newest predictions whose label has come; the oldest first.
    drift, quality, verdict
        The findings; quality is None without labels.
    page, facts
        The report to look at, and the same to read.
    """

    champion: Bundle
    window: tuple[LabelledPrediction, ...]
    labelled: tuple[LabelledPrediction, ...]
    drift: Drift
    quality: Quality | None
    verdict: Verdict
    page: Path
    facts: Path


@dataclass(frozen=True, slots=True)
class _Windows:
    """The champion's newest predictions, and its newest predictions whose label has come; the oldest first."""

    predictions: tuple[LabelledPrediction, ...]
    labelled: tuple[LabelledPrediction, ...]


def check(rooms: Rooms) -> CheckReport:
    """Compare the champion's newest predictions with what it was trained on, and judge.

    The verdict is an event of the journal, and a report in the workspace.

    Raises
    ------
    BundleError
        When there is no champion.
    """
    champion = rooms.store.champion()
    version = champion.facts.version
    with rooms.journal() as journal:
        newest = journal.window(rooms.project.name, rows=rooms.project.monitoring.window_rows, model_version=version)
        windows = _Windows(tuple(newest), labelled_window(rooms, journal, champion))
        report = _judge(rooms, champion, windows)
        facts = {
            "version": version,
            "rows": len(windows.predictions),
            "labelled": len(windows.labelled),
            **report.verdict.to_dict(),
        }
        journal.record_event(rooms.project.name, "checked", rooms.actor, facts)
    said = f"v{version}, {len(windows.predictions)} rows, {len(windows.labelled)} labels: {report.verdict.state}"
    rooms.log.add("check", f"{said}; {report.page.name}")
    return report


def labelled_window(rooms: Rooms, journal: Journal, champion: Bundle) -> tuple[LabelledPrediction, ...]:
    """Return the champion's newest predictions whose label has come, the oldest first.

    Labels may lag by more predictions than a window holds: so these are found apart from the newest predictions.
    """
    rows = journal.window(
        rooms.project.name,
        rows=rooms.project.monitoring.window_rows,
        model_version=champion.facts.version,
        labelled_only=True,
    )
    outcome = champion.facts.signature.outcome
    return tuple(row for row in rows if outcome.code(row.label) is not None)


def _judge(rooms: Rooms, champion: Bundle, windows: _Windows) -> CheckReport:
    section, signature = rooms.project.monitoring, champion.facts.signature
    reference = Profile.from_dict(champion.profile)
    matrix = history_door(signature).rows([row.prediction.features for row in windows.predictions])
    profile = count_window(reference, matrix, _probabilities(windows.predictions))
    drift = compare_profiles(reference, profile, section)
    quality = None
    if windows.labelled:
        labels = np.array([signature.outcome.code(row.label) for row in windows.labelled], dtype=np.int8)
        threshold, seed = champion.facts.threshold, rooms.project.project.seed
        quality = measure(labels, _probabilities(windows.labelled), section, threshold, seed=seed)
    verdict = judge(drift, quality, section)
    name = f"check-{stamp(utc_now()).replace(':', '').replace('.', '')}"
    page, facts = rooms.workspace.reports / f"{name}.html", rooms.workspace.reports / f"{name}.json"
    checked = _checked(rooms, champion, windows.predictions)
    told = {"verdict": verdict.to_dict(), "drift": drift.to_dict(), "quality": quality.to_dict() if quality else None}
    write_json({**asdict(checked), **told}, facts)
    write_page(check_page(checked, (reference, profile), (drift, quality, verdict), section), page)
    return CheckReport(champion, windows.predictions, windows.labelled, drift, quality, verdict, page, facts)


def _probabilities(rows: Sequence[LabelledPrediction]) -> NDArray[np.float64]:
    return np.array([row.prediction.probability for row in rows], dtype=np.float64)


def _checked(rooms: Rooms, champion: Bundle, window: tuple[LabelledPrediction, ...]) -> CheckedWindow:
    facts, lineage = champion.facts, champion.facts.lineage
    return CheckedWindow(
        project=rooms.project.name,
        version=facts.version,
        made_at=stamp(utc_now()),
        rows=len(window),
        first_at=stamp(window[0].prediction.at) if window else None,
        last_at=stamp(window[-1].prediction.at) if window else None,
        reference_rows=lineage.rows,
        source=lineage.source,
        origin=lineage.origin,
        warning=lineage.warning,
        classes=facts.signature.outcome.labels,
        expected=facts.scores,
    )
