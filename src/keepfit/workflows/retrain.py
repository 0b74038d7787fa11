"""`keepfit retrain`: learn from the labelled journal rows, compare, and let the policy decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.errors import DatasetError, KeepfitError, MonitoringError, ProjectError, TrackingError
from keepfit.evaluation import Comparison
from keepfit.journal import Journal, LabelledPrediction
from keepfit.journal.departures import retired_among
from keepfit.monitoring import State
from keepfit.registry import Promotion
from keepfit.reporting import write_json, write_page
from keepfit.retraining import (
    Decision,
    Occasion,
    Rivals,
    decide,
    is_held_out,
    occasion,
    retrain_page,
)
from keepfit.workflows.challenger import JournalRows, fit_challenger, journal_rows, require_kept
from keepfit.workflows.check import CheckReport, check
from keepfit.workflows.configuration import note_configuration
from keepfit.workflows.contest import compare_on, compare_on_holdout, holdout_obstacle
from keepfit.workflows.data import load_dataset
from keepfit.workflows.monitored_columns import require_monitored_columns
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.windows.journal import labelled_window

_ENDED, _FAILED = "retrain_ended", "retrain_failed"


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
    """What a retraining ends with.

    Attributes
    ----------
    challenger, taught_rows
        The challenger, and how many journal rows taught it.
    recent, original, decision
        Both comparisons, and the policy's word.
    not_logged
        What MLflow was not told of it, each with the reason.
    """

    challenger: Bundle
    taught_rows: int
    recent: Comparison
    original: Comparison
    decision: Decision
    not_logged: tuple[str, ...]


def retrain(
    rooms: Rooms, *, if_alarm: bool = False, checked: CheckReport | None = None, on_progress: Progress = no_progress
) -> RetrainReport:
    """Train a challenger on the original table and the newest labelled rows, and promote it if it wins.

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
    if rooms.project.panel is not None:
        raise ProjectError(
            "a recommender is learnt of the months of its panel, and not of the journal",
            where="keepfit.toml: [panel]",
            hint="add the next months to the table, move [panel] hold_from on, and run `keepfit train`: the best is "
            "compared with the champion on the months that neither has learnt of",
        )
    if if_alarm and checked is None:
        on_progress("check", 0, 1)
        checked = check(rooms)
        on_progress("check", 1, 1)
    with rooms.journal() as journal:
        note_configuration(rooms, journal)
        rooms.registry(journal).repair()
        champion = checked.champion if checked else rooms.store.champion()
        version = champion.facts.version
        if if_alarm and checked and checked.verdict.state is not State.ALARM:
            said = f"the verdict is {checked.verdict.state}"
            return RetrainReport(checked, is_done=False, reason=said, champion=version)
        require_kept(rooms, champion.facts.signature)
        journal.match_labels(rooms.project.name)
        labelled = checked.labelled if checked else labelled_window(rooms, journal, champion)
        answer = _ask_policy(rooms, journal, version, labelled)
        if not answer.is_given:
            return RetrainReport(checked, is_done=False, reason=answer.reason, champion=version)
        facts = {"champion": version, "reason": answer.reason}
        journal.record_event(rooms.project.name, "retrain_started", rooms.actor, facts)
        try:
            report = _hold_contest(_Attempt(rooms, journal, champion, labelled, checked), on_progress)
        except KeepfitError as error:
            journal.record_event(rooms.project.name, _FAILED, rooms.actor, {"error": str(error)})
            rooms.log.add("retrain", f"failed: {error}")
            raise
    rooms.log.add("retrain", report.reason)
    return report


def _ask_policy(rooms: Rooms, journal: Journal, version: int, labelled: Sequence[LabelledPrediction]) -> Occasion:
    """Ask the policy whether there is enough that no retraining of this champion has looked at."""
    tried = journal.events(rooms.project.name, kinds=[_ENDED, _FAILED], limit=1)
    ended = journal.events(rooms.project.name, kinds=[_ENDED])
    seen = max((event.facts["last_label_seq"] for event in ended if event.facts["champion"] == version), default=0)
    return occasion(
        rooms.project.retraining,
        labelled_rows=len(labelled),
        new_labelled_rows=sum((row.label_seq or 0) > seen for row in labelled),
        last_ended=ended[-1].at if ended else None,
        last_tried=tried[-1].at if tried else None,
        now=utc_now(),
    )


def _hold_contest(attempt: _Attempt, on_progress: Progress) -> RetrainReport:
    """Fit the challenger, compare, decide, promote or keep."""
    rooms, champion, project = attempt.rooms, attempt.champion, attempt.rooms.project
    on_progress("prepare the rows", 0, 1)
    dataset = load_dataset(rooms)
    require_monitored_columns(rooms, dataset)
    _require_fair(rooms, dataset, champion)
    redaction = rooms.redaction()
    judging = [row for row in attempt.labelled if is_held_out(row.prediction, project.retraining.holdout, redaction)]
    judges = journal_rows(judging, dataset.signature)
    _require_both_classes(judges, champion.facts.signature.outcome.labels)
    taught = _taught(attempt)
    on_progress("prepare the rows", 1, 1)
    made = fit_challenger(rooms, dataset, champion, taught, judges=judges, on_progress=on_progress)
    challenger = made.bundle
    on_progress("compare", 0, 1)
    recent = compare_on(judges.records, judges.labels, champion, challenger, project)
    original = compare_on_holdout(dataset, champion, challenger, project)
    decision = decide(recent, original, project.retraining)
    on_progress("compare", 1, 1)
    taught_rows = sum(len(rows.labels) for rows in taught)
    return _carry_out(attempt, _Outcome(challenger, taught_rows, recent, original, decision, made.not_logged))


def _taught(attempt: _Attempt) -> list[JournalRows]:
    """Return the rows that teach: those of the ranges that the champion learnt from, and the window's."""
    project, signature = attempt.rooms.project, attempt.champion.facts.signature
    ranges = attempt.champion.facts.lineage.journal_ranges
    windows = [attempt.journal.between(project.name, first, last, labelled_only=True) for first, last in ranges]
    windows.append([row for row in attempt.labelled if not any(first <= row.seq <= last for first, last in ranges)])
    share, redaction = project.retraining.holdout, attempt.rooms.redaction()
    teaching = ([row for row in window if not is_held_out(row.prediction, share, redaction)] for window in windows)
    return [journal_rows(rows, signature) for rows in teaching if rows]


def _carry_out(attempt: _Attempt, outcome: _Outcome) -> RetrainReport:
    """Do what the policy decided, and write it down."""
    rooms, journal, decision = attempt.rooms, attempt.journal, outcome.decision
    old, new = attempt.champion.facts.version, outcome.challenger.facts.version
    evidence = {
        "recent": outcome.recent.to_dict(),
        "original": outcome.original.to_dict(),
        "reasons": list(decision.reasons),
        "retired_rows": retired_among(journal, rooms.project.name, attempt.champion.facts.lineage.journal_ranges),
        "last_label_seq": max(row.label_seq or 0 for row in attempt.labelled),
    }
    promotion, fault = None, ", ".join(f"not in MLflow: {said}" for said in outcome.not_logged)
    if evidence["retired_rows"]:
        unlearnt = f"rows that taught v{old} were retired since, and did not teach v{new}"
        fault = f"{unlearnt}, {fault}" if fault else unlearnt
    if decision.promotes:
        promoted = rooms.registry(journal).promote(
            new, actor=rooms.actor, reason=" ".join(decision.reasons), evidence=evidence, expected=old
        )
        promotion, fault = promoted.promotion, fault or promoted.mirror_fault
    facts = {"champion": old, "challenger": new, "promoted": decision.promotes, **evidence}
    journal.record_event(rooms.project.name, _ENDED, rooms.actor, facts)
    if decision.promotes:
        retired = _retire_challenger(rooms)
        fault = fault or retired
    said = f"v{new} replaces v{old}" if decision.promotes else f"v{old} stays champion against v{new}"
    return RetrainReport(
        attempt.checked,
        is_done=True,
        reason=f"{said}: {decision.reasons[0]}" + (f" ({fault})" if fault else ""),
        champion=old,
        challenger=new,
        recent=outcome.recent,
        original=outcome.original,
        decision=decision,
        promotion=promotion,
        page=_write_report(attempt, outcome),
    )


def _retire_challenger(rooms: Rooms) -> str:
    """Take the challenger's role away from what is champion now; return why MLflow's alias stays, or nothing."""
    rooms.store.point("challenger", None)
    try:
        rooms.tracking.set_alias("challenger", None)
    except TrackingError as error:
        return str(error)
    return ""


def _write_report(attempt: _Attempt, outcome: _Outcome) -> Path:
    """Write the contest as a page, and the same as JSON; return the page's path."""
    challenger = outcome.challenger.facts
    rivals = Rivals(
        project=attempt.rooms.project.name,
        made_at=stamp(utc_now()),
        champion=attempt.champion.facts.version,
        challenger=challenger.version,
        taught_rows=outcome.taught_rows,
        protocol=challenger.protocol,
        warning=challenger.lineage.warning,
    )
    page = attempt.rooms.workspace.reports / f"retrain-v{rivals.challenger}.html"
    write_page(retrain_page(rivals, outcome.recent, outcome.original, outcome.decision), page)
    told = {"recent": outcome.recent.to_dict(), "original": outcome.original.to_dict(), **asdict(outcome.decision)}
    write_json({**asdict(rivals), **told}, page.with_suffix(".json"))
    return page


def _require_fair(rooms: Rooms, dataset: Dataset, champion: Bundle) -> None:
    """Refuse a contest in which a row that taught the champion would judge it, or the two take other columns."""
    lineage, version = champion.facts.lineage, champion.facts.version
    if lineage.stream:
        raise ProjectError(
            f"v{version} has learnt batch by batch: rows that taught it would judge",
            where="keepfit.toml: [stream]",
            hint="go on with `keepfit stream`, or train afresh with `keepfit train`",
        )
    obstacle = holdout_obstacle(dataset, champion)
    signatures = champion.facts.signature, dataset.signature
    then, now = ([(c.name, c.kind, c.format) for c in signature.columns] for signature in signatures)
    if not obstacle and then != now:
        changed = ", ".join(sorted({name for name, *_ in {*then} ^ {*now}})) or "their order"
        obstacle = f"the columns are not those that v{version} takes ({changed})"
    if obstacle:
        raise DatasetError(
            obstacle,
            where=f"{dataset.source.name}, {dataset.source.origin}: {dataset.source.address}",
            hint="put it back as it was, or train on this one with `keepfit train`",
        )
    section, naming = rooms.project.retraining, rooms.redaction().naming
    if lineage.journal_ranges and lineage.journal_holdout != section.holdout:
        raise ProjectError(
            f"was {lineage.journal_holdout:g} when v{version} learnt from the journal: rows that taught it would judge",
            where=f"keepfit.toml: [retraining] holdout = {section.holdout:g}",
            hint=f"put {lineage.journal_holdout:g} back, or train afresh with `keepfit train`",
        )
    if lineage.journal_ranges and lineage.journal_naming != naming:
        raise ProjectError(
            f"v{version} learnt from the journal when it named persons otherwise: who taught it would judge "
            f"(then: {lineage.journal_naming}; now: {naming})",
            where="keepfit.toml: [journal.sensitive], and KEEPFIT_JOURNAL_KEY in the environment",
            hint="put back what was there, or train afresh with `keepfit train`",
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
