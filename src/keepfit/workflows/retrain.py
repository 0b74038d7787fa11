"""`keepfit retrain`: learn from the labelled journal rows, compare, and let the policy decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.errors import DatasetError, KeepfitError, MonitoringError
from keepfit.journal import Journal, LabelledPrediction
from keepfit.monitoring import State
from keepfit.registry import Promotion
from keepfit.reporting import write_json, write_page
from keepfit.retraining import (
    Comparison,
    Contest,
    Decision,
    Occasion,
    Rivals,
    compare,
    decide,
    is_held_out,
    occasion,
    retrain_page,
)
from keepfit.scoring import Scorer, history_door
from keepfit.workflows.challenger import JournalRows, fit_challenger, journal_rows
from keepfit.workflows.check import CheckReport, champion_window, check
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Progress, Rooms, no_progress

_ENDED = "retrain_ended"


@dataclass(frozen=True, slots=True)
class RetrainReport:
    """What a retraining did.

    Attributes
    ----------
    check
        The check that it began with; None when it was not asked for.
    is_done
        Whether anything was trained.
    reason
        Why it was, or was not, in a sentence.
    champion, challenger
        Versions; challenger is None when nothing was trained.
    recent, original
        The comparisons on held-out rows of the window, and of the original table.
    decision
        The policy's word.
    promotion
        The promotion that followed; None when the champion was kept.
    page
        The report to look at; None when nothing was trained.
    """

    check: CheckReport | None
    is_done: bool
    reason: str
    champion: int
    challenger: int | None = None
    recent: Comparison | None = None
    original: Comparison | None = None
    decision: Decision | None = None
    promotion: Promotion | None = None
    page: Path | None = None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What a retraining begins with: the rooms, the open journal, the champion, its labelled window, and the check."""

    rooms: Rooms
    journal: Journal
    champion: Bundle
    labelled: Sequence[LabelledPrediction]
    checked: CheckReport | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a retraining ends with: the challenger, how many journal rows taught it, both comparisons, the decision."""

    challenger: Bundle
    taught_rows: int
    recent: Comparison
    original: Comparison
    decision: Decision


def retrain(
    rooms: Rooms, *, if_alarm: bool = False, checked: CheckReport | None = None, on_progress: Progress = no_progress
) -> RetrainReport:
    """Train a challenger on the original table and the labelled window, and promote it if it wins.

    Parameters
    ----------
    rooms
        The project.
    if_alarm
        Do nothing unless the verdict is alarm.
    checked
        The check that this rests on; without one, `if_alarm` makes its own first.
    on_progress
        Told what is done.

    Raises
    ------
    KeepfitError
        When a room fails; the journal says so too.
    """
    if if_alarm and checked is None:
        on_progress("check", 0, 1)
        checked = check(rooms)
        on_progress("check", 1, 1)
    champion = checked.champion if checked else rooms.store.champion()
    version = champion.facts.version
    if if_alarm and checked and checked.verdict.state is not State.ALARM:
        return RetrainReport(checked, is_done=False, reason=f"the verdict is {checked.verdict.state}", champion=version)
    with rooms.journal() as journal:
        window = checked.window if checked else champion_window(rooms, journal, champion)
        labelled = [row for row in window if row.label is not None]
        given = _is_given(rooms, journal, labelled)
        if not given.is_given:
            return RetrainReport(checked, is_done=False, reason=given.reason, champion=version)
        facts = {"champion": version, "reason": given.reason}
        journal.record_event(rooms.project.name, "retrain_started", rooms.actor, facts)
        try:
            report = _contest(_Attempt(rooms, journal, champion, labelled, checked), on_progress)
        except KeepfitError as error:
            journal.record_event(rooms.project.name, "retrain_failed", rooms.actor, {"error": str(error)})
            rooms.log.add("retrain", f"failed: {error}")
            raise
    rooms.log.add("retrain", report.reason)
    return report


def _is_given(rooms: Rooms, journal: Journal, labelled: Sequence[LabelledPrediction]) -> Occasion:
    """Ask the policy whether there is enough that no retraining has looked at."""
    ends = journal.events(rooms.project.name, kinds=[_ENDED], limit=1)
    seen = ends[-1].facts["last_seq"] if ends else 0
    return occasion(
        rooms.project.retraining,
        labelled_rows=len(labelled),
        new_labelled_rows=sum(row.seq > seen for row in labelled),
        last=ends[-1].at if ends else None,
        now=utc_now(),
    )


def _contest(given: _Attempt, on_progress: Progress) -> RetrainReport:
    """Fit the challenger, compare, decide, promote or keep."""
    rooms, champion = given.rooms, given.champion
    on_progress("prepare the rows", 0, 1)
    dataset = load_dataset(rooms)
    _require_same_table(dataset, champion)
    share = rooms.project.retraining.holdout
    judges = journal_rows([row for row in given.labelled if is_held_out(row.prediction.id, share)], dataset.signature)
    _require_both_classes(judges, champion.facts.signature.outcome.labels)
    taught = _taught(given)
    on_progress("prepare the rows", 1, 1)
    challenger = fit_challenger(rooms, dataset, champion, taught, on_progress=on_progress)
    on_progress("compare", 0, 1)
    recent, original = _compare(champion, challenger, dataset, judges, rooms)
    decision = decide(recent, original, rooms.project.retraining)
    on_progress("compare", 1, 1)
    taught_rows = sum(len(rows.labels) for rows in taught)
    return _carry_out(given, _Outcome(challenger, taught_rows, recent, original, decision))


def _taught(given: _Attempt) -> list[JournalRows]:
    """Return the rows that teach: those that the champion learnt, which its successor keeps, and the window's."""
    share, signature = given.rooms.project.retraining.holdout, given.champion.facts.signature
    ranges = given.champion.facts.lineage.journal_ranges
    windows = [
        given.journal.between(given.rooms.project.name, first, last, labelled_only=True) for first, last in ranges
    ]
    windows.append([row for row in given.labelled if not any(first <= row.seq <= last for first, last in ranges)])
    teaching = ([row for row in window if not is_held_out(row.prediction.id, share)] for window in windows)
    return [journal_rows(rows, signature) for rows in teaching if rows]


def _compare(
    champion: Bundle, challenger: Bundle, dataset: Dataset, judges: JournalRows, rooms: Rooms
) -> tuple[Comparison, Comparison]:
    """Compare on the judging rows of the window and on the table's held-out rows."""
    old, new = Scorer(champion), Scorer(challenger)
    doors = [(scorer, history_door(scorer.door.signature)) for scorer in (old, new)]
    held_out = dataset.frame[dataset.split.holdout.tolist()]
    recent = [scorer.probabilities(door.rows(judges.records)) for scorer, door in doors]
    original = [scorer.probabilities(door.table(held_out)) for scorer, door in doors]
    metric, seed = rooms.project.training.metric, rooms.project.project.seed
    target = dataset.target[dataset.split.holdout]
    contests = (
        Contest(judges.labels, recent[0], recent[1], old.threshold, new.threshold),
        Contest(target, original[0], original[1], old.threshold, new.threshold),
    )
    return compare(contests[0], metric, seed=seed), compare(contests[1], metric, seed=seed)


def _carry_out(given: _Attempt, outcome: _Outcome) -> RetrainReport:
    """Do what the policy decided, and write it down."""
    rooms, journal, decision = given.rooms, given.journal, outcome.decision
    old, new = given.champion.facts.version, outcome.challenger.facts.version
    evidence = {
        "recent": outcome.recent.to_dict(),
        "original": outcome.original.to_dict(),
        "reasons": list(decision.reasons),
        "last_seq": given.labelled[-1].seq,
    }
    promotion = None
    if decision.promotes:
        promoted = rooms.registry(journal).promote(
            new, actor=rooms.actor, reason=" ".join(decision.reasons), evidence=evidence, expected=old
        )
        promotion = promoted.promotion
        rooms.store.point("challenger", None)
        rooms.tracking.set_alias("challenger", None)
    facts = {"champion": old, "challenger": new, "promoted": decision.promotes, **evidence}
    journal.record_event(rooms.project.name, _ENDED, rooms.actor, facts)
    said = f"v{new} replaces v{old}" if decision.promotes else f"v{old} stays champion against v{new}"
    return RetrainReport(
        given.checked,
        is_done=True,
        reason=f"{said}: {decision.reasons[0]}",
        champion=old,
        challenger=new,
        recent=outcome.recent,
        original=outcome.original,
        decision=decision,
        promotion=promotion,
        page=_write_report(given, outcome),
    )


def _write_report(given: _Attempt, outcome: _Outcome) -> Path:
    """Write the contest as a page, and the same as JSON; return the page's path."""
    challenger = outcome.challenger.facts
    rivals = Rivals(
        project=given.rooms.project.name,
        made_at=stamp(utc_now()),
        champion=given.champion.facts.version,
        challenger=challenger.version,
        taught_rows=outcome.taught_rows,
        protocol=challenger.protocol,
        warning=challenger.lineage.warning,
    )
    page = given.rooms.workspace.reports / f"retrain-v{rivals.challenger}.html"
    write_page(retrain_page(rivals, outcome.recent, outcome.original, outcome.decision), page)
    told = {"recent": outcome.recent.to_dict(), "original": outcome.original.to_dict(), **asdict(outcome.decision)}
    write_json({**asdict(rivals), **told}, page.with_suffix(".json"))
    return page


def _require_same_table(dataset: Dataset, champion: Bundle) -> None:
    """Refuse another table than the champion learnt from: its held-out rows may have taught the champion."""
    lineage = champion.facts.lineage
    if dataset.fingerprint != lineage.fingerprint:
        raise DatasetError(
            f"this is not the table that v{champion.facts.version} learnt from (that was {lineage.origin}: "
            f"{lineage.address}, fingerprint {lineage.fingerprint[:12]}…)",
            where=f"{dataset.source.name}, {dataset.source.origin}: {dataset.source.address}",
            hint="bring that table back, or train on this one with `keepfit train`",
        )


def _require_both_classes(judges: JournalRows, labels: tuple[str, str]) -> None:
    if len(np.unique(judges.labels)) == len(labels):
        return
    only = labels[int(judges.labels[0])] if len(judges.labels) else "none"
    raise MonitoringError(
        f"the held-out labelled rows of the window have one class only ({only})",
        where="journal",
        hint="wait for more labels, or raise [monitoring] window_rows",
    )
