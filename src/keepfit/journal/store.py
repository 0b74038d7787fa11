"""The journal over a database: every write is one transaction, durable when the call returns."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import msgspec
from sqlalchemy import Connection, Row, Select, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from keepfit.clock import microseconds, moment, utc_now
from keepfit.errors import JournalError, PromotionConflictError
from keepfit.journal.backend import Backend, open_backend
from keepfit.journal.chain import Chain
from keepfit.journal.labelling import label_rows, match_waiting, write_labels
from keepfit.journal.migrations import migrate
from keepfit.journal.records import Event, Label, LabelledPrediction, LabelReceipt, Prediction, Shadow
from keepfit.journal.tables import events, labels, predictions, seals
from keepfit.journal.windows import Window, WindowPart, labelled, labelled_prediction, newest_parts

_log = logging.getLogger(__name__)


def open_journal(url: str, *, is_durable: bool = True, is_sealed: bool = False, key: bytes = b"") -> Journal:
    """Open a journal, and make or upgrade its tables.

    Parameters
    ----------
    url
        Of its database.
    is_durable
        Whether predictions are durable when they are written; labels and events always are.
    is_sealed
        Whether what is written is sealed from now on; a journal with seals is sealed whatever is said here.
    key
        Which makes seals that nobody else can make; empty for none.

    Raises
    ------
    JournalError
        When the URL is none, or the database cannot be reached, is none, belongs to another program, or was written
        by a newer version.
    """
    journal = Journal(open_backend(url, is_durable=is_durable))
    try:
        with journal.migrating() as connection:
            migrate(connection, where=journal.address)
        journal.seal_what_follows(key, is_sealed=is_sealed)
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

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._engine = backend.engine
        self._failures: tuple[type[Exception], ...] = (SQLAlchemyError, *backend.failures)
        shown = backend.engine.url.set(drivername=backend.engine.dialect.name, query={})  # which may hold a password
        self.address = shown.render_as_string(hide_password=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; nothing that was acknowledged depends on it."""
        self._backend.close()

    def cut(self) -> None:
        """End what waits for a database that does not answer; who waits hears of an error."""
        self._backend.cut()

    def seal_what_follows(self, key: bytes, *, is_sealed: bool) -> None:
        """Seal what is written from now on, if that is asked for or was begun; see `open_journal`."""
        if is_sealed or self._rows(select(seals.c.number).limit(1)):
            self._backend.chain = Chain(self._engine.dialect, key)

    def record_predictions(self, made: Sequence[Prediction], shadowed: Sequence[Shadow] = ()) -> None:
        """Write predictions in one transaction; all of them are durable on return, or none was written.

        Parameters
        ----------
        made
            What was answered.
        shadowed
            What a challenger would have answered to some of it, or to what is there; what belongs to neither is left
            out.

        Raises
        ------
        JournalError
            When they could not be written.
        """
        if not made and not shadowed:
            return
        try:
            self._backend.write(made, shadowed)
        except self._failures as error:
            raise self._told(error) from error

    def record_at_once(self, made: Sequence[Prediction], shadowed: Sequence[Shadow]) -> bool:
        """Write predictions as `record_predictions` does, but don't wait for who is writing; say whether it was done.

        Raises
        ------
        JournalError
            When they could not be written for another reason.
        """
        try:
            return self._backend.write_at_once(made, shadowed)
        except self._failures as error:
            raise self._told(error) from error

    def record_missing(self, made: Sequence[Prediction]) -> None:
        """Write those predictions that are not there yet, in one transaction.

        Raises
        ------
        JournalError
            When they could not be written.
        """
        there = self._rows(select(predictions.c.id).where(predictions.c.id.in_([one.id for one in made])))
        missing = {one.id: one for one in made}
        for (known,) in there:
            del missing[known]
        self.record_predictions(list(missing.values()))

    def record_labels(self, project: str, came: Sequence[Label]) -> LabelReceipt:
        """Write labels for predictions of a project in one transaction.

        A later label for the same prediction corrects the earlier one, which stays on record. A label whose prediction
        is not there is kept, and counts from the moment that it turns up; another project's prediction is not there.
        """
        if not came:
            return LabelReceipt(0, 0, 0)
        with self.writing() as connection:
            chain = self._backend.chain
            first = self._backend.first_seq(connection, labels, len(came))
            rows = label_rows(project, came, first, is_sealed=chain is not None)
            receipt = write_labels(connection, project, rows)
            if chain is not None:
                chain.seal(connection.connection.cursor(), "labels", first, rows)
        return receipt

    def match_labels(self, project: str) -> int:
        """Match labels of entities that wait with predictions that have turned up since; return how many were."""
        with self.writing() as connection:
            return match_waiting(connection, project)

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
        try:
            with self.writing() as connection:
                return self.add_event(connection, project, kind, actor, facts, epoch=epoch, at=at)
        except JournalError as error:
            if epoch is not None and isinstance(error.__cause__, IntegrityError):
                raise PromotionConflictError(
                    f"promotion {epoch} of {project} was taken by another process",
                    where="promotion ledger",
                    hint="look again, then promote",
                ) from error
            raise

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
        self, project: str, *, rows: int | None, model_version: int | None = None, labelled_only: bool = False
    ) -> list[LabelledPrediction]:
        """Return the newest predictions with their labels, the oldest of them first; see `Window`."""
        window = Window(project, rows, model_version=model_version, labelled_only=labelled_only)
        return self.labelled(window)

    def labelled(self, window: Window) -> list[LabelledPrediction]:
        """Return the predictions of a window with their labels, the oldest first."""
        return [labelled_prediction(row) for row in reversed(self._rows(labelled(window)))]

    def parts(self, window: Window) -> Iterator[WindowPart]:
        """Return a window as columns, in parts of bounded size, the newest rows first."""
        return newest_parts(self.reading, window)

    def between(self, project: str, first: int, last: int, *, labelled_only: bool = False) -> list[LabelledPrediction]:
        """Return the predictions of a range of sequence numbers, both ends included."""
        return self.labelled(Window(project, labelled_only=labelled_only, seqs=(first, last)))

    def count(self, project: str) -> int:
        """Return the number of predictions of a project."""
        return int(self._rows(select(func.count()).where(predictions.c.project == project))[0][0])

    def require_writable(self) -> None:
        """Write something that changes nothing.

        Raises
        ------
        JournalError
            When the database takes no writes, or another process keeps it locked, or its seals have another key.
        """
        if self._backend.chain is not None:
            with self.reading() as connection:
                self._backend.chain.require_key(connection.connection.cursor())
        try:
            self._backend.touch()
        except self._failures as error:
            raise self._told(error) from error

    def checkpoint(self) -> None:
        """Copy what was committed from the write-ahead log to its place, as far as nobody has to wait for it.

        It is no loss when it cannot be done: the log is kept, and the next write says what is wrong.
        """
        try:
            try:
                self._backend.checkpoint()
            except self._failures as error:
                raise self._told(error) from error
        except JournalError as error:
            _log.warning("the journal's log was not copied: %s", error)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction: committed at the end of the block, undone by an error."""
        try:
            with (
                self._backend.turn,
                self._engine.connect().execution_options(writes=True) as connection,
                connection.begin(),
            ):
                yield connection
        except self._failures as error:
            raise self._told(error) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection for reads that belong together."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except self._failures as error:
            raise self._told(error) from error

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open a write transaction that may change tables: nobody else does meanwhile."""
        with self.writing() as connection:
            self._backend.begin_migration(connection)
            yield connection

    @property
    def backend(self) -> Backend:
        """The database beneath, for what is done to all of it."""
        return self._backend

    def end_erasure(self) -> None:
        """Keep nothing in reserve of what was erased; see `Backend`."""
        try:
            self._backend.end_erasure()
        except self._failures as error:
            raise self._told(error) from error

    def add_event(
        self,
        connection: Connection,
        project: str,
        kind: str,
        actor: str,
        facts: dict[str, Any],
        *,
        epoch: int | None = None,
        at: datetime | None = None,
    ) -> Event:
        """Write an event in a transaction of `writing`, with what else is written there; see `record_event`."""
        when = utc_now() if at is None else at
        row: dict[str, Any] = {
            "at_microseconds": microseconds(when),
            "project": project,
            "kind": kind,
            "actor": actor,
            "facts": msgspec.json.encode(facts).decode(),
            "epoch": epoch,
        }
        seq = row["seq"] = self._backend.first_seq(connection, events, 1)
        connection.execute(insert(events), row)
        if self._backend.chain is not None:
            self._backend.chain.seal(connection.connection.cursor(), "events", seq, [row])
        return Event(seq, when, project, kind, actor, facts, epoch)

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self.reading() as connection:
            return connection.execute(query).all()

    def _told(self, error: Exception) -> JournalError:
        said = str(getattr(error, "orig", None) or error).strip()
        cause = said.partition("\n")[0] or type(error).__name__
        return JournalError(
            f"the journal cannot be used: {cause}",
            where=self.address,
            hint="check the database, its disk and its rights",
        )


def _event(row: Row[Any]) -> Event:
    facts = msgspec.json.decode(row.facts)
    return Event(row.seq, moment(row.at_microseconds), row.project, row.kind, row.actor, facts, row.epoch)
