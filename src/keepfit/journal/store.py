"""The journal over a database: every write is one transaction, durable when the call returns."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from keepfit.clock import microseconds, moment, utc_now
from keepfit.errors import JournalError, PromotionConflictError
from keepfit.journal.engine import open_engine
from keepfit.journal.migrations import migrate
from keepfit.journal.records import Event, Label, LabelledPrediction, LabelReceipt, Prediction, Shadow
from keepfit.journal.tables import events, labels, predictions, shadows
from keepfit.journal.write_path import WritePath

_IDS_AT_ONCE = 500
_log = logging.getLogger(__name__)


def open_journal(url: str) -> Journal:
    """Open a journal, and make or upgrade its tables.

    Raises
    ------
    JournalError
        When the URL is none, or the database cannot be reached, is none, belongs to another program, or was written
        by a newer version.
    """
    engine = open_engine(url)
    journal = Journal(engine)
    try:
        with journal.writing() as connection:
            migrate(connection, where=journal.address)
    except JournalError:
        journal.close()
        raise
    return journal


class Journal:
    """The durable record of all projects in one database; make it with `open_journal`.

    Every method may be called from several threads at once, and several processes may have the same database open;
    `close` comes last. An open journal must not be carried over a fork. Records that it returns belong to the caller.
    Every method raises `JournalError` when the database fails it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.address = engine.url.render_as_string(hide_password=True)
        self._hot = WritePath(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; nothing that was acknowledged depends on it."""
        self._hot.close()
        self._engine.dispose()

    def record_predictions(self, made: Sequence[Prediction], shadowed: Sequence[Shadow] = ()) -> None:
        """Write predictions in one transaction; all of them are durable on return, or none was written.

        Parameters
        ----------
        made
            What was answered.
        shadowed
            What a challenger would have answered to some of it.

        Raises
        ------
        JournalError
            When they could not be written.
        """
        if not made and not shadowed:
            return
        try:
            self._hot.write(made, shadowed)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self._told(error) from error

    def record_at_once(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> bool:
        """Write predictions as `record_predictions` does, but don't wait for who is writing; say whether it was done.

        Raises
        ------
        JournalError
            When they could not be written for another reason.
        """
        try:
            return self._hot.write_at_once(made, shadowed)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self._told(error) from error

    def record_labels(self, project: str, came: Sequence[Label]) -> LabelReceipt:
        """Write labels for predictions of a project in one transaction.

        A later label for the same prediction corrects the earlier one, which stays on record. A label whose prediction
        is not there is kept, and counts from the moment that it turns up; another project's prediction is not there.
        """
        if not came:
            return LabelReceipt(0, 0, 0)
        rows = [
            {
                "project": project,
                "prediction_id": one.prediction_id,
                "label": one.label,
                "at_microseconds": microseconds(one.at),
            }
            for one in came
        ]
        ids = [one.prediction_id for one in came]
        with self.writing() as connection:
            connection.execute(insert(labels), rows)
            known: set[str] = set()
            for begin in range(0, len(ids), _IDS_AT_ONCE):
                part = ids[begin : begin + _IDS_AT_ONCE]
                theirs = select(predictions.c.id).where(predictions.c.project == project, predictions.c.id.in_(part))
                known.update(connection.scalars(theirs))
        matched = sum(one in known for one in ids)
        return LabelReceipt(len(ids), matched, len(ids) - matched)

    def record_event(
        self,
        project: str,
        kind: str,
        actor: str,
        facts: dict[str, Any],
        *,
        epoch: int | None = None,
        at: datetime | None = None,
    ) -> Event:
        """Write an event.

        Parameters
        ----------
        project, kind, actor, facts
            See `Event`.
        epoch
            Number of the promotion, for an entry of the ledger: the first writer of a number has it.
        at
            When it happened; by default now.

        Raises
        ------
        PromotionConflictError
            When the number is taken.
        """
        when = utc_now() if at is None else at
        row = {
            "at_microseconds": microseconds(when),
            "project": project,
            "kind": kind,
            "actor": actor,
            "facts": msgspec.json.encode(facts).decode(),
            "epoch": epoch,
        }
        try:
            with self.writing() as connection:
                seq = connection.execute(insert(events).returning(events.c.seq), row).scalar_one()
        except JournalError as error:
            if epoch is not None and isinstance(error.__cause__, IntegrityError):
                raise PromotionConflictError(
                    f"promotion {epoch} of {project} was taken by another process",
                    where="promotion ledger",
                    hint="look again, then promote",
                ) from error
            raise
        return Event(seq, when, project, kind, actor, facts, epoch)

    def events(self, project: str, *, kinds: Sequence[str] | None = None, limit: int | None = None) -> list[Event]:
        """Return events, the oldest first; with a limit the newest ones."""
        query = select(events).where(events.c.project == project).order_by(events.c.seq.desc())
        if kinds is not None:
            query = query.where(events.c.kind.in_(kinds))
        return [_event(row) for row in reversed(self._rows(query if limit is None else query.limit(limit)))]

    def ledger(self, project: str) -> list[Event]:
        """Return the promotions of a project by epoch."""
        query = select(events).where(events.c.project == project, events.c.epoch.is_not(None))
        return [_event(row) for row in self._rows(query.order_by(events.c.epoch))]

    def window(
        self, project: str, *, rows: int, model_version: int | None = None, labelled_only: bool = False
    ) -> list[LabelledPrediction]:
        """Return the newest predictions, the oldest of them first.

        Parameters
        ----------
        project
            Whose.
        rows
            How many at the most.
        model_version
            Only what this version answered; None for any.
        labelled_only
            Only those that a label came for.
        """
        query = _labelled(project, labelled_only=labelled_only).order_by(predictions.c.seq.desc()).limit(rows)
        if model_version is not None:
            query = query.where(predictions.c.model_version == model_version)
        return [_labelled_prediction(row) for row in reversed(self._rows(query))]

    def between(self, project: str, first: int, last: int, *, labelled_only: bool = False) -> list[LabelledPrediction]:
        """Return the predictions of a range of sequence numbers, both ends included."""
        query = _labelled(project, labelled_only=labelled_only).where(predictions.c.seq.between(first, last))
        return [_labelled_prediction(row) for row in self._rows(query.order_by(predictions.c.seq))]

    def shadows(self, project: str, *, rows: int) -> list[Shadow]:
        """Return the newest answers that a challenger would have given, the oldest of them first."""
        query = select(shadows).where(shadows.c.project == project).order_by(shadows.c.seq.desc()).limit(rows)
        return [_shadow(row) for row in reversed(self._rows(query))]

    def count(self, project: str) -> int:
        """Return the number of predictions of a project."""
        return int(self._rows(select(func.count()).where(predictions.c.project == project))[0][0])

    def ids(self, project: str) -> set[str]:
        """Return the ids of all predictions of a project."""
        return {row[0] for row in self._rows(select(predictions.c.id).where(predictions.c.project == project))}

    def require_writable(self) -> None:
        """Write something that changes nothing.

        Raises
        ------
        JournalError
            When the database takes no writes, or another process keeps it locked.
        """
        try:
            self._hot.touch()
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self._told(error) from error

    def checkpoint(self) -> None:
        """Copy what was committed from the write-ahead log to its place, as far as nobody has to wait for it.

        It is no loss when it cannot be done: the log is kept, and the next write says what is wrong.
        """
        try:
            self._hot.checkpoint()
        except (SQLAlchemyError, sqlite3.Error, JournalError) as error:
            _log.warning("the journal's log was not copied: %s", error)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction: committed at the end of the block, undone by an error."""
        try:
            with (
                self._hot.turn,
                self._engine.connect().execution_options(writes=True) as connection,
                connection.begin(),
            ):
                yield connection
        except SQLAlchemyError as error:
            raise self._told(error) from error

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).all()
        except SQLAlchemyError as error:
            raise self._told(error) from error

    def _told(self, error: SQLAlchemyError | sqlite3.Error) -> JournalError:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return JournalError(
            f"the journal cannot be used: {cause}",
            where=self.address,
            hint="check the database, its disk and its rights",
        )


def _labelled(project: str, *, labelled_only: bool) -> Select[Any]:
    """Select predictions with the newest label of each."""
    newest = (
        select(func.max(labels.c.seq))
        .where(labels.c.project == predictions.c.project, labels.c.prediction_id == predictions.c.id)
        .correlate(predictions)
        .scalar_subquery()
    )
    joined = predictions.join(labels, labels.c.seq == newest, isouter=not labelled_only)
    query = select(predictions, labels.c.label, labels.c.seq.label("label_seq")).select_from(joined)
    return query.where(predictions.c.project == project)


def _labelled_prediction(row: Row[Any]) -> LabelledPrediction:
    prediction = Prediction(
        row.id,
        moment(row.at_microseconds),
        row.project,
        row.model_version,
        row.entity,
        row.features,
        row.probability,
        row.decision,
        row.duration_seconds,
    )
    return LabelledPrediction(row.seq, prediction, row.label, row.label_seq)


def _shadow(row: Row[Any]) -> Shadow:
    at = moment(row.at_microseconds)
    return Shadow(row.prediction_id, at, row.project, row.model_version, row.probability, row.decision)


def _event(row: Row[Any]) -> Event:
    facts = msgspec.json.decode(row.facts)
    return Event(row.seq, moment(row.at_microseconds), row.project, row.kind, row.actor, facts, row.epoch)
