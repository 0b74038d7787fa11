"""`keepfit check`: the journal's window against the reference profile, and the verdict."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.journal import Journal, LabelledPrediction
from keepfit.monitoring import Drift, Quality, Verdict, judge, measure
from keepfit.monitoring import compare as compare_profiles
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
    window
        The rows, the oldest first.
    drift, quality, verdict
        The findings; quality is None without labels.
    page, facts
        The report to look at, and the same to read.
    """

    champion: Bundle
    window: tuple[LabelledPrediction, ...]
    drift: Drift
    quality: Quality | None
    verdict: Verdict
    page: Path
    facts: Path

    @property
    def labelled_rows(self) -> int:
        """How many rows of the window have a label."""
        return sum(row.label is not None for row in self.window)


def check(rooms: Rooms) -> CheckReport:
    """Compare the champion's newest predictions with what it was trained on, and judge.

    The verdict is an event of the journal, and a report in the workspace.

    Raises
    ------
    BundleError
        When there is no champion.
    """
    champion = rooms.store.champion()
    with rooms.journal() as journal:
        window = champion_window(rooms, journal, champion)
        report = _judge(rooms, champion, window)
        facts = {
            "version": champion.facts.version,
            "rows": len(window),
            "labelled": report.labelled_rows,
            **report.verdict.to_dict(),
        }
        journal.record_event(rooms.project.name, "checked", rooms.actor, facts)
    rooms.log.add("check", f"v{champion.facts.version}, {len(window)} rows: {report.verdict.state}; {report.page.name}")
    return report


def champion_window(rooms: Rooms, journal: Journal, champion: Bundle) -> tuple[LabelledPrediction, ...]:
    """Return the champion's own rows among the newest of the journal, the oldest first."""
    newest = journal.window(rooms.project.name, rows=rooms.project.monitoring.window_rows)
    version = champion.facts.version
    return tuple(row for row in newest if row.prediction.model_version == version)


def _judge(rooms: Rooms, champion: Bundle, window: tuple[LabelledPrediction, ...]) -> CheckReport:
    section, seed = rooms.project.monitoring, rooms.project.project.seed
    signature = champion.facts.signature
    reference = Profile.from_dict(champion.profile)
    matrix = history_door(signature).rows([_features(row, signature.entity) for row in window])
    probability = np.array([row.prediction.probability for row in window], dtype=np.float64)
    profile = count_window(reference, matrix, probability)
    drift = compare_profiles(reference, profile, section)
    codes = [None if row.label is None else signature.outcome.code(row.label) for row in window]
    known = np.array([code is not None for code in codes], dtype=bool)
    quality = None
    if known.any():
        labels = np.array([code for code in codes if code is not None], dtype=np.int8)
        threshold = champion.facts.threshold
        quality = measure(labels, probability[known], section, threshold, rows_window=len(window), seed=seed)
    verdict = judge(drift, quality, section)
    name = f"check-{stamp(utc_now()).replace(':', '').replace('.', '')}"
    page, facts = rooms.workspace.reports / f"{name}.html", rooms.workspace.reports / f"{name}.json"
    checked = _checked(rooms, champion, window)
    told = {"verdict": verdict.to_dict(), "drift": drift.to_dict(), "quality": quality.to_dict() if quality else None}
    write_json({**asdict(checked), **told}, facts)
    write_page(check_page(checked, (reference, profile), (drift, quality, verdict), section), page)
    return CheckReport(champion, window, drift, quality, verdict, page, facts)


def _features(row: LabelledPrediction, entity: str | None) -> dict[str, Any]:
    return {name: value for name, value in row.prediction.features.items() if name != entity}


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
