"""To retire months: whole calendar months leave the journal for archives, so that it stays as large as its window.

Nothing is deleted before its archive was read back, and before an event has said what the archive holds; so a crash at
any moment loses nothing, and the next run ends what was begun. The rows go a few at a time, so that nobody who writes
waits for long; in PostgreSQL the partition of a month goes as a whole where one project has it alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select

from keepfit.clock import Clock, utc_now
from keepfit.errors import JournalError
from keepfit.journal.archives import ID_COLUMNS, Archived, archive_digest, archive_name, archiving, write_archive
from keepfit.journal.departures import FORGOTTEN, RETIRED, RETIRING, RetiredFacts, retirements
from keepfit.journal.months import Month, month_at, month_of_id
from keepfit.journal.ranges import pieces
from keepfit.journal.raw_rows import RawRow, raw
from keepfit.journal.store import Journal
from keepfit.journal.tables import PART_ROWS, events, labels, predictions, shadows

_ROWS_A_DELETION = 5000
_PAUSE_SECONDS = 0.02  # between deletions: others who wait look again after some time only
_TABLES = {"predictions": predictions, "labels": labels, "shadows": shadows}


@dataclass(frozen=True, slots=True)
class RetiredMonth:
    """A month that left.

    Attributes
    ----------
    month
        As `2026-01`.
    rows, labels, shadows
        How many predictions, and what belonged to them.
    files
        Names of the archives in their folder.
    """

    month: str
    rows: int
    labels: int
    shadows: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retired:
    """The months that left, the oldest first; those that an earlier run had begun are among them."""

    months: tuple[RetiredMonth, ...]

    @property
    def rows(self) -> int:
        """How many predictions left."""
        return sum(one.rows for one in self.months)


class _ForgottenMeanwhileError(Exception):
    """Somebody was forgotten while an archive was written: it may tell of them."""


def retire(
    journal: Journal, project: str, *, before: Month, folder: Path, actor: str, clock: Clock = utc_now
) -> Retired:
    """Move the months of a project that are older than a month into archives.

    Parameters
    ----------
    journal
        From where.
    project
        Whose predictions, with their labels and shadows. A label of an entity that waits
        for its prediction stays.
    before
        The first month that stays; the present one at the latest.
    folder
        Where the archives lie, see `archives`; it is made when it is not there.
    actor
        Who does it.
    clock
        The time.

    Raises
    ------
    JournalError
        When the present month would have to leave, or somebody else is retiring months there, or an archive cannot be
        written, or one of an earlier run that was interrupted is not in the folder, or the database fails it.
    """
    present = month_at(clock())
    if before > present:
        raise JournalError(
            f"{before} is later than the present month: that one stays", where="retire", hint=f"at most {present}"
        )
    with archiving(folder, project):
        with journal.reading() as connection:
            begun, unfinished = retirements(connection, project)
        for facts in unfinished:
            _require_archives(folder, project, facts)
            _delete(journal, project, facts, actor)
        months = {*_months(journal, project, before), *(_month(one.month) for one in begun)}
        done = [_retire_month(journal, project, one, folder, actor) for one in sorted(months) if one < before]
    return Retired(tuple(_told(facts) for facts in (*unfinished, *done) if facts is not None))


def _retire_month(journal: Journal, project: str, month: Month, folder: Path, actor: str) -> RetiredFacts | None:
    """Move what there is of a month; None when nothing is."""
    while True:
        with journal.reading() as connection:
            forgotten = _newest_forgotten(connection, project)
            part = sum(one.month == str(month) for one in retirements(connection, project)[0]) + 1
        facts = _archive(journal, project, month, part, folder)
        if facts is None:
            return None
        try:
            _begin(journal, project, facts, actor, forgotten)
        except _ForgottenMeanwhileError:
            continue
        _delete(journal, project, facts, actor)
        return facts


def _archive(journal: Journal, project: str, month: Month, part: int, folder: Path) -> RetiredFacts | None:
    """Write the archives of a month, and return what they hold; None when there is nothing to hold."""
    found: dict[str, Archived] = {}
    for kind, table in _TABLES.items():
        parts = _parts(journal, project, month, kind)
        first = next(parts, None)
        if first is not None:
            path = folder / archive_name(project, kind, str(month), part)
            found[kind] = write_archive(path, table, chain((first,), parts))
    if not found:
        return None
    rows, came, shadowed = (found.get(kind, Archived()) for kind in _TABLES)
    names = {archive_name(project, kind, str(month), part): one for kind, one in found.items()}
    return RetiredFacts(
        month=str(month),
        part=part,
        rows=rows.rows,
        labels=came.rows,
        shadows=shadowed.rows,
        first_seq=rows.seqs[0][0] if rows.seqs else 0,
        last_seq=rows.seqs[-1][1] if rows.seqs else 0,
        erased=rows.erased,
        erased_labels=came.erased,
        prediction_seqs=rows.seqs,
        label_seqs=came.seqs,
        shadow_seqs=shadowed.seqs,
        files={name: one.sha256 for name, one in names.items()},
        digests={name: one.digest for name, one in names.items()},
    )


def _parts(journal: Journal, project: str, month: Month, kind: str) -> Iterator[Sequence[RawRow]]:
    """Return the rows of a table that leave with a month, by their numbers, each part a read of its own."""
    table = _TABLES[kind]
    query = select(*raw(table)).where(*_theirs(project, month, kind)).order_by(table.c.seq).limit(PART_ROWS)
    last = 0
    while True:
        with journal.reading() as connection:
            rows = [dict(row) for row in connection.execute(query.where(table.c.seq > last)).mappings()]
        if not rows:
            return
        yield rows
        last = rows[-1]["seq"]


def _begin(journal: Journal, project: str, facts: RetiredFacts, actor: str, forgotten: int) -> None:
    """Say what leaves, unless the archives tell of somebody who was forgotten since, or somebody else has said it."""
    with journal.writing() as connection:
        journal.add_event(connection, project, RETIRING, actor, msgspec.to_builtins(facts))
        if _newest_forgotten(connection, project) != forgotten:  # nobody else writes an event until we are done
            raise _ForgottenMeanwhileError
        begun = [(one.month, one.part) for one in retirements(connection, project)[0]]
        if begun.count((facts.month, facts.part)) > 1:
            raise JournalError(
                f"another process is retiring {facts.month} of {project}",
                where=journal.address,
                hint="wait until it is done, and use one folder",
            )


def _delete(journal: Journal, project: str, facts: RetiredFacts, actor: str) -> None:
    """Delete what the archives hold, and say that it is done; what is gone already is no matter."""
    for kind in ("shadows", "labels"):
        _delete_rows(journal, project, facts, kind)
    with journal.writing() as connection:
        seqs = facts.first_seq, facts.last_seq, facts.rows
        if facts.rows and journal.backend.drop_month(connection, project, _month(facts.month), seqs):
            _end(journal, connection, project, facts, actor)
            return
    _delete_rows(journal, project, facts, "predictions")
    with journal.writing() as connection:
        _end(journal, connection, project, facts, actor)


def _delete_rows(journal: Journal, project: str, facts: RetiredFacts, kind: str) -> None:
    """Delete the rows of a table a few at a time, exactly those that the archives hold."""
    seq = _TABLES[kind].c.seq
    is_meant = seq.between(bindparam("first"), bindparam("last"))
    statement = delete(_TABLES[kind]).where(*_theirs(project, _month(facts.month), kind), is_meant)
    for piece in pieces(facts.seqs()[kind], _ROWS_A_DELETION):
        with journal.writing() as connection:
            connection.execute(statement, [{"first": first, "last": last} for first, last in piece])
        time.sleep(_PAUSE_SECONDS)


def _end(journal: Journal, connection: Connection, project: str, facts: RetiredFacts, actor: str) -> None:
    if (facts.month, facts.part) in {(one.month, one.part) for one in retirements(connection, project)[1]}:
        journal.add_event(connection, project, RETIRED, actor, msgspec.to_builtins(facts))


def _theirs(project: str, month: Month, kind: str) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for the rows of a table that belong to a month."""
    columns = _TABLES[kind].c
    made = columns[ID_COLUMNS[kind]]
    return columns.project == project, made >= month.first_id, made < month.next.first_id


def _months(journal: Journal, project: str, before: Month) -> Iterator[Month]:
    """Return the months that have predictions."""
    oldest = select(func.min(predictions.c.id)).where(predictions.c.project == project)
    query = oldest.where(predictions.c.id < before.first_id)
    with journal.reading() as connection:
        found = connection.scalar(query)
        while found is not None:
            month = month_of_id(found)
            yield month
            found = connection.scalar(query.where(predictions.c.id >= month.next.first_id))


def _month(said: str) -> Month:
    year, number = said.split("-")
    return Month(int(year), int(number))


def _newest_forgotten(connection: Connection, project: str) -> int:
    """Return the number of the event that forgot somebody last, 0 when nobody was."""
    query = select(func.max(events.c.seq)).where(events.c.project == project, events.c.kind == FORGOTTEN)
    return connection.scalar(query) or 0


def _require_archives(folder: Path, project: str, facts: RetiredFacts) -> None:
    """Refuse to delete what is not in its archive.

    Raises
    ------
    JournalError
        When an archive is not in the folder, or does not hold what was said.
    """
    for kind in _TABLES:
        name = archive_name(project, kind, facts.month, facts.part)
        path = folder / name
        if name in facts.digests and not (path.is_file() and archive_digest(path, kind)[1] == facts.digests[name]):
            raise JournalError(
                "an earlier run has written this archive, and it is absent or not the same",
                where=str(path),
                hint="name the folder of that run, or put the file back",
            )


def _told(facts: RetiredFacts) -> RetiredMonth:
    return RetiredMonth(facts.month, facts.rows, facts.labels, facts.shadows, tuple(facts.files))
