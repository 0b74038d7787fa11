"""The journal's write path beside the bare driver, by turns."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from dataclasses import dataclass

import uvloop
from places import Place  # the files beside this one
from rows import PROJECT, Rows

from keepfit.journal import GroupCommit, Journal, Prediction, Window, open_journal
from keepfit.journal.rows import prediction_row

MANY = 32


@dataclass(frozen=True, slots=True)
class Case:
    """What is written, and by how many.

    Attributes
    ----------
    title
        For the table.
    writers
        Tasks of one event loop, each of which writes a row and waits until it is durable, again and again.
    has_entity, is_sealed
        Whether rows name whom they are about, and whether the journal seals them.
    wanted
        The least ratio to the bare driver; None where none is wanted.
    """

    title: str
    writers: int
    has_entity: bool = False
    is_sealed: bool = False
    wanted: float | None = None


CASES = (
    Case("32 writers", MANY, wanted=0.5),
    Case("32 writers, rows with an entity", MANY, has_entity=True),
    Case("32 writers, sealed", MANY, is_sealed=True),
    Case("a lone writer", 1),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: rows a second of the journal and of the driver, and how many rows shared a commit of the journal."""

    journal: float
    bare: float
    rows_a_commit: float

    @property
    def ratio(self) -> float:
        """The journal's share of what the driver does."""
        return self.journal / self.bare


def turn(case: Case, rows: Rows, count: int, place: Place, *, is_journal_first: bool) -> Turn:
    """Write as many rows by the journal and by the driver, each into an empty database of its own."""
    made = rows.made(count, has_entity=case.has_entity)
    begun = rows.made(1)  # makes the month's table, where there is one
    if is_journal_first:
        ours = _by_journal(case, begun, made, place)
        seconds = _by_driver(case, begun, made, place)
    else:
        seconds = _by_driver(case, begun, made, place)
        ours = _by_journal(case, begun, made, place)
    return Turn(count / ours[0], count / seconds, count / ours[1])


def _by_journal(case: Case, begun: list[Prediction], made: list[Prediction], place: Place) -> tuple[float, int]:
    """Return the seconds that the journal takes, and how many commits."""
    with open_journal(place.new_database(), is_sealed=case.is_sealed) as journal:
        journal.record_predictions(begun)
        seconds, commits = uvloop.run(_written(journal, made, case.writers))
        written = sum(len(part.seqs) for part in journal.parts(Window(PROJECT)))
    assert written == len(begun) + len(made), f"{written} rows are there"
    return seconds, commits


async def _written(journal: Journal, made: list[Prediction], writers: int) -> tuple[float, int]:
    group, left = GroupCommit(journal), iter(made)

    async def write() -> None:
        for one in left:  # shared: who is free takes the next
            await group.record([one])

    began = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(writers)))
    seconds = time.perf_counter() - began
    await group.close()
    return seconds, group.commits


def _by_driver(case: Case, begun: list[Prediction], made: list[Prediction], place: Place) -> float:
    """Return the seconds that the driver takes."""
    url = place.new_database()
    with open_journal(url) as journal:
        journal.record_predictions(begun)
    rows = [prediction_row(one) for one in made]
    with closing(place.open_bare(url)) as bare:
        began = time.perf_counter()
        bare.write(rows, 1 if case.writers == 1 else place.batch)
        return time.perf_counter() - began
