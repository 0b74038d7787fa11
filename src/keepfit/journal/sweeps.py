"""Every row of a journal, by its numbers, in parts of bounded size, up to where the journal ended when it began."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, ScalarSelect, Select, column, func, select, table

from keepfit.journal.raw_rows import RawRow, Read, raw
from keepfit.journal.tables import PART_ROWS, events, labels, predictions, seals, shadows

NUMBERED = {"predictions": predictions, "labels": labels, "events": events}
_FEWEST_ROWS = 500  # of a part, however many projects there are
_GIVEN = {
    "sqlite": table("sqlite_sequence", column("name"), column("seq")),
    "postgresql": table("counters", column("name"), column("last")),
}


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a journal ends.

    Attributes
    ----------
    dialect
        Of its database.
    given
        The numbers given last, by table.
    seals, shadows
        The numbers of the newest.
    projects
        Who has predictions.
    """

    dialect: str
    given: Mapping[str, int]
    seals: int
    shadows: int
    projects: Sequence[str]


def read_ends(connection: Connection) -> Ends:
    """Return where the journal ends, in one statement: what is written meanwhile is beyond all of it."""
    dialect = connection.dialect.name
    given = [_given(dialect, name).label(name) for name in NUMBERED]
    newest = [
        select(func.max(one)).scalar_subquery().label(name)
        for name, one in (("seals", seals.c.number), ("shadows", shadows.c.seq))
    ]
    row = {name: value or 0 for name, value in connection.execute(select(*given, *newest)).mappings().one().items()}
    last_seal = row.pop("seals")
    last_shadow = row.pop("shadows")
    last_seal = last_seal if isinstance(last_seal, int) else 2**63 - 1  # SQLite takes anything for a number
    return Ends(dialect, row, last_seal, last_shadow, list(_projects(connection)))


def _given(dialect: str, name: str) -> ScalarSelect[Any]:
    """Select the number that a table gave last."""
    book = _GIVEN[dialect]
    return select(book.columns.values()[1]).where(book.c.name == name).scalar_subquery()


def _projects(connection: Connection) -> Iterator[str]:
    """Return the projects that have predictions, each by one look into an index."""
    query = select(func.min(predictions.c.project))
    found = connection.scalar(query)
    while found is not None:
        yield found
        found = connection.scalar(query.where(predictions.c.project > found))


def every_prediction(read: Read, ends: Ends) -> Iterator[RawRow]:
    """Return all predictions by their numbers, which have an index within a project only."""
    part_rows = max(_FEWEST_ROWS, PART_ROWS // max(1, len(ends.projects)))
    query = select(*raw(predictions)).where(predictions.c.seq <= ends.given["predictions"])
    streams = [_of_project(read, query.where(predictions.c.project == one), part_rows) for one in ends.projects]
    return heapq.merge(*streams, key=itemgetter("seq"))


def _of_project(read: Read, query: Select[Any], part_rows: int) -> Iterator[RawRow]:
    """Return predictions of a project; in PostgreSQL a number could be there twice."""
    seq, prediction_id = predictions.c.seq, predictions.c.id
    query = query.order_by(seq, prediction_id).limit(part_rows)
    rows = read(query)
    while rows:
        yield from rows
        last = rows[-1]["seq"]
        rows = read(query.where(seq >= last, (seq > last) | (prediction_id > rows[-1]["id"])))


def _ascending(read: Read, query: Select[Any], seq: Column[Any]) -> Iterator[RawRow]:
    """Return rows by their numbers, in parts."""
    query = query.order_by(seq).limit(PART_ROWS)
    rows = read(query)
    while rows:
        yield from rows
        rows = read(query.where(seq > rows[-1]["seq"]))


def every_label(read: Read, ends: Ends) -> Iterator[RawRow]:
    """Return all labels with what the prediction says that they are about."""
    theirs = (predictions.c.id == labels.c.prediction_id) & (predictions.c.project == labels.c.project)
    of_prediction = predictions.c.entity.label("found_entity"), predictions.c.at_microseconds.label("found_at")
    joined = labels.join(predictions, theirs, isouter=True)
    query = select(*raw(labels), *of_prediction).select_from(joined)
    return _ascending(read, query.where(labels.c.seq <= ends.given["labels"]), labels.c.seq)


def every_event(read: Read, ends: Ends) -> Iterator[RawRow]:
    """Return all events."""
    return _ascending(read, select(*raw(events)).where(events.c.seq <= ends.given["events"]), events.c.seq)


def lone_shadows(read: Read, ends: Ends) -> Iterator[RawRow]:
    """Return the shadows whose prediction is not there."""
    theirs = (predictions.c.id == shadows.c.prediction_id) & (predictions.c.project == shadows.c.project)
    lone = shadows.c.seq <= ends.shadows, ~select(predictions.c.seq).where(theirs).exists()
    query = select(shadows.c.seq, shadows.c.project, shadows.c.prediction_id).where(*lone)
    return _ascending(read, query, shadows.c.seq)


def rows_beyond(read: Read, ends: Ends, kind: str) -> int:
    """Return how many rows of a table have numbers that were not given yet."""
    one = NUMBERED[kind]
    query = select(func.count().label("rows")).where(one.c.seq > func.coalesce(_given(ends.dialect, kind), 0))
    if kind != "predictions":
        return int(read(query)[0]["rows"])
    return sum(int(read(query.where(one.c.project == project))[0]["rows"]) for project in ends.projects)
