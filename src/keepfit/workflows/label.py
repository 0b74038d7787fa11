"""`keepfit label`: a file of known outcomes into the journal, when every row of it is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from keepfit.clock import read_moment, utc_now
from keepfit.datasets.batches import open_batches
from keepfit.errors import DatasetError, RecordError, Violation, nearest
from keepfit.journal import Label, LabelReceipt
from keepfit.journal.redaction import NAMES_NOBODY
from keepfit.scoring.record_reader import ENTITY_EXPECTED, entity_text
from keepfit.signature import Outcome
from keepfit.workflows.rooms import Progress, Rooms, no_progress

_LABELS_A_COMMIT = 5000
_ROWS_A_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """Which columns of the file say what; None for those that are found by their usual names.

    Attributes
    ----------
    label
        The outcome: `label`, or the project's target.
    prediction_id
        Of the answer: `prediction_id`, or `id`.
    entity, as_of
        Whom it is about, `entity` or the project's own, and up to when its newest prediction is meant: `as_of`; by
        default up to now.
    """

    label: str | None = None
    prediction_id: str | None = None
    entity: str | None = None
    as_of: str | None = None


def label(
    rooms: Rooms, file: Path, columns: LabelColumns | None = None, *, on_progress: Progress = no_progress
) -> LabelReceipt:
    """Record the outcomes of a .csv or .parquet file.

    Every row is looked at before one is written; then they are written in commits of 5000, so that predictions need not
    wait. When the database fails in between, do it again: a label that comes twice says the same.

    Raises
    ------
    DatasetError
        When the file is no table, or has not the columns.
    RecordError
        With the rows that are no labels.
    """
    bundle = rooms.store.champion()
    signature = bundle.facts.signature
    redaction = rooms.redaction()
    batches = open_batches(file)
    found = _found(columns or LabelColumns(), list(batches.schema), rooms, signature.outcome.name, file)
    names_somebody = rooms.project.data.entity or rooms.project.serving.entity_parameter or signature.entity
    if found.entity and not (names_somebody and redaction.keeps_entities):
        raise DatasetError(NAMES_NOBODY, where=f"{file}, {found.entity}", hint="--prediction-id COLUMN")
    came: list[Label] = []
    violations: list[Violation] = []
    names = [name for name in (found.label, found.prediction_id, found.entity, found.as_of) if name]
    row = 0
    for frame in batches.read(names, rows=_ROWS_A_BATCH):
        for one in _read(frame, found, signature.outcome, row):
            (came if isinstance(one, Label) else violations).append(one)  # type: ignore[arg-type]
        row += frame.height
    if violations:
        raise RecordError(violations)
    if not came:
        raise DatasetError("has no rows", where=str(file), hint="a row for each known outcome")
    return _record(rooms, [replace(one, entity=redaction.entity(one.entity)) for one in came], on_progress)


def _record(rooms: Rooms, came: Sequence[Label], on_progress: Progress) -> LabelReceipt:
    accepted = matched = 0
    with rooms.journal() as journal:
        for begin in range(0, len(came), _LABELS_A_COMMIT):
            receipt = journal.record_labels(rooms.project.name, came[begin : begin + _LABELS_A_COMMIT])
            accepted, matched = accepted + receipt.accepted, matched + receipt.matched
            on_progress("record labels", accepted, len(came))
    rooms.log.add("label", f"{accepted} labels, {matched} matched")
    return LabelReceipt(accepted, matched, accepted - matched)


def _found(columns: LabelColumns, there: list[str], rooms: Rooms, target: str, file: Path) -> LabelColumns:
    """Return the columns that are there."""
    usual = {
        "label": ("label", target),
        "prediction_id": tuple(name for name in ("prediction_id", "id") if name != rooms.project.data.entity),
        "entity": tuple(name for name in ("entity", rooms.project.data.entity) if name),
        "as_of": ("as_of",),
    }
    given = {name: getattr(columns, name) for name in usual}
    for name, column in given.items():
        if column is not None and column not in there:
            option = f"--{name.replace('_', '-')}"
            raise DatasetError(f'no such column "{column}"', where=f"{file}, {option}", hint=nearest(column, there))
        if column is None:
            given[name] = next((one for one in usual[name] if one in there), None)
    if given["label"] is None:
        raise DatasetError(
            "has no column of labels", where=str(file), hint=f'call it "label" or "{target}", or --label'
        )
    if columns.entity is None and given["prediction_id"]:  # the id says more
        given["entity"] = None
    elif columns.prediction_id is None:
        given["prediction_id"] = None
    if bool(given["prediction_id"]) == bool(given["entity"]):
        said = "says whose outcomes they are by no column, or by two"
        raise DatasetError(said, where=str(file), hint="--prediction-id COLUMN, or --entity COLUMN and --as-of COLUMN")
    return LabelColumns(**given)


def _read(frame: pl.DataFrame, columns: LabelColumns, outcome: Outcome, first: int) -> Iterator[Label | Violation]:
    now = utc_now()
    nothing = [None] * frame.height
    whose = frame[columns.prediction_id or columns.entity or ""].to_list()
    as_of = frame[columns.as_of].to_list() if columns.as_of else nothing
    for at, (said, whom, when) in enumerate(
        zip(frame[columns.label or ""].to_list(), whose, as_of, strict=True), first
    ):
        label = outcome.written(said)
        if label is None:
            yield Violation(columns.label or "", outcome.fault(said), at)
            continue
        if columns.prediction_id:
            if whom is None or not str(whom):
                yield Violation(columns.prediction_id, "is missing", at)
            else:
                yield Label(str(whom), label, now)
            continue
        entity, moment = entity_text(whom), _moment(when, now)
        if entity is None:
            yield Violation(columns.entity or "", ENTITY_EXPECTED, at)
        elif moment is None:
            yield Violation(columns.as_of or "", f'expected a date or a time (ISO 8601), found "{when}"', at)
        else:
            yield Label("", label, now, entity, moment)


def _moment(said: Any, now: datetime) -> datetime | None:
    """Return until when is meant: a day is its last moment, what is missing is now."""
    if said is None or said == "":
        return now
    if isinstance(said, date) and not isinstance(said, datetime):
        said = said.isoformat()
    try:
        return read_moment(said.isoformat() if isinstance(said, datetime) else str(said), ends=True)
    except (ValueError, OverflowError):
        return None
