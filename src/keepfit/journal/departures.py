"""What left the journal rightly, as its events tell: persons that were forgotten, months that were retired.

A month leaves in three steps: its files are written and read back; the event "retiring" says what they hold; the rows
go, and the event "retired" says the same again with the last of them. After a crash in between the rows are in the
files, and some of them still in the journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Connection, Row, select

from keepfit.journal.ranges import Range, merged, without
from keepfit.journal.tables import events

if TYPE_CHECKING:
    from keepfit.journal.store import Journal

FORGOTTEN, RETIRING, RETIRED = "forgotten", "retiring", "retired"


class ForgottenFacts(msgspec.Struct, frozen=True):
    """How many predictions and labels of a person were erased."""

    rows: int
    labels: int


class RetiredFacts(msgspec.Struct, frozen=True):
    """What left with a month of a project.

    Attributes
    ----------
    month
        As `2026-01`.
    part
        1, and more when rows came late for a month that had been retired.
    rows, labels, shadows
        How many of each.
    first_seq, last_seq
        Of the predictions; 0 when there were none.
    erased, erased_labels
        How many of them had been erased before.
    prediction_seqs, label_seqs, shadow_seqs
        Their numbers.
    files
        SHA-256 of each file by its name, as it was written.
    digests
        Of the numbers and ids in each file: an erasure changes a file, and not this.
    """

    month: str
    part: int
    rows: int
    labels: int
    shadows: int
    first_seq: int
    last_seq: int
    erased: int
    erased_labels: int
    prediction_seqs: list[Range]
    label_seqs: list[Range]
    shadow_seqs: list[Range]
    files: dict[str, str]
    digests: dict[str, str]

    def seqs(self) -> dict[str, list[Range]]:
        """Return the numbers by table, in the order in which they leave."""
        return {"shadows": self.shadow_seqs, "labels": self.label_seqs, "predictions": self.prediction_seqs}


def _by_table() -> dict[str, list[Range]]:
    return {"predictions": [], "labels": [], "shadows": [], "events": []}


@dataclass(slots=True)
class Departures:
    """All that left.

    Attributes
    ----------
    explained
        Numbers by table that may be missing: they left, or are leaving.
    gone
        Numbers by table that must be missing.
    months
        Projects and months that left, or are leaving.
    retired
        Predictions and labels that are in archives and not here.
    erased, erased_labels
        How many erased rows there may be, by project.
    unreadable
        Numbers of the events that cannot be read.
    """

    explained: dict[str, list[Range]] = field(default_factory=_by_table)
    gone: dict[str, list[Range]] = field(default_factory=_by_table)
    months: set[tuple[str, str]] = field(default_factory=set)
    retired: int = 0
    erased: Counter[str] = field(default_factory=Counter)
    erased_labels: Counter[str] = field(default_factory=Counter)
    unreadable: list[int] = field(default_factory=list)

    def _forget(self, project: str, facts: ForgottenFacts) -> None:
        self.erased[project] += facts.rows
        self.erased_labels[project] += facts.labels

    def _retire(self, project: str, facts: RetiredFacts, *, is_over: bool, is_early: bool) -> None:
        self.months.add((project, facts.month))
        for table, numbers in facts.seqs().items():
            self.explained[table] += numbers
            self.gone[table] += numbers if is_over and is_early else []
        if is_over:
            self.retired += facts.rows + facts.labels
        if is_over and is_early:
            self.erased[project] -= facts.erased
            self.erased_labels[project] -= facts.erased_labels

    def add(self, event: Row[Any], *, is_early: bool) -> None:
        """Take what an event tells; what was retired late may have been seen in the tables."""
        try:
            if event.kind == FORGOTTEN:
                self._forget(event.project, msgspec.json.decode(event.facts, type=ForgottenFacts))
            else:
                facts = msgspec.json.decode(event.facts, type=RetiredFacts)
                self._retire(event.project, facts, is_over=event.kind == RETIRED, is_early=is_early)
        except msgspec.DecodeError:
            self.unreadable.append(event.seq)


def read_departures(connection: Connection, *, until: int) -> Departures:
    """Return all that left up to now.

    Parameters
    ----------
    connection
        For reads.
    until
        Number of the last event that happened before the tables were looked at.
    """
    query = select(events).where(events.c.kind.in_((FORGOTTEN, RETIRING, RETIRED))).order_by(events.c.seq)
    found = Departures()
    for event in connection.execute(query):
        found.add(event, is_early=event.seq <= until)
    for ranges in (found.explained, found.gone):
        ranges.update({table: merged(numbers) for table, numbers in ranges.items()})
    return found


def retirements(connection: Connection, project: str) -> tuple[list[RetiredFacts], list[RetiredFacts]]:
    """Return what a project began to retire, and what of it is not over."""
    columns = select(events.c.kind, events.c.facts).where(events.c.project == project)
    rows = connection.execute(columns.where(events.c.kind.in_((RETIRING, RETIRED))).order_by(events.c.seq))
    by_kind: dict[str, list[RetiredFacts]] = {RETIRING: [], RETIRED: []}
    for kind, facts in rows:
        by_kind[kind].append(msgspec.json.decode(facts, type=RetiredFacts))
    over = {(one.month, one.part) for one in by_kind[RETIRED]}
    return by_kind[RETIRING], [one for one in by_kind[RETIRING] if (one.month, one.part) not in over]


def retired_among(journal: Journal, project: str, ranges: Iterable[Range]) -> int:
    """Return how many predictions of a project with numbers in ranges have left, or are leaving, with their months."""
    with journal.reading() as connection:
        left = merged(one for facts in retirements(connection, project)[0] for one in facts.prediction_seqs)
    asked = merged(ranges)
    return sum(last - first + 1 for first, last in asked) - sum(
        last - first + 1 for first, last in without(asked, left)
    )
