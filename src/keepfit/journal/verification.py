"""Is the journal whole? Its numbers, its references, its texts, and the chain of its seals.

It is looked at as it is in the beginning, in parts of bounded size, beside those who write.

Not sealed, and so not vouched for, are shadows, and which prediction a label of an entity was matched with: of that it
is only said whether it could be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Select, func, select

from keepfit.errors import JournalError
from keepfit.journal.departures import Departures, read_departures
from keepfit.journal.faults import Fault, Faults
from keepfit.journal.months import month_of_id
from keepfit.journal.ranges import Range, told, without
from keepfit.journal.raw_rows import RawRow, Read, mistyped, raw
from keepfit.journal.seal_verification import ChainFacts, Cover, commitment_fault, read_seals, verified_chain
from keepfit.journal.store import Journal
from keepfit.journal.sweeps import (
    NUMBERED,
    Ends,
    every_event,
    every_label,
    every_prediction,
    lone_shadows,
    read_ends,
    rows_beyond,
)
from keepfit.journal.tables import PART_ROWS, events, predictions, shadows

_TWINS = 500  # that are looked for
_object = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Verification:
    """What a journal holds, and what is wrong with it.

    Attributes
    ----------
    predictions, labels, events, shadows, seals
        How many there are.
    waiting_labels
        Labels whose prediction is not there: no fault.
    erased
        Predictions whose features were erased.
    retired
        Predictions and labels that are in archives, and not here any more.
    unverified_seals
        Seals whose rows are in archives, all or some: their content cannot be verified here.
    head
        The digest of the newest seal, hexadecimal: note it elsewhere. None when nothing is sealed.
    faults
        What is wrong: at most a hundred.
    further_faults
        How many more there are.
    """

    predictions: int
    labels: int
    waiting_labels: int
    events: int
    shadows: int
    erased: int
    retired: int
    seals: int
    unverified_seals: int
    head: str | None
    faults: tuple[Fault, ...]
    further_faults: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(journal: Journal, *, key: bytes = b"", head: str | None = None) -> Verification:
    """Read the whole journal, and say what is wrong with it.

    Parameters
    ----------
    journal
        What is verified.
    key
        With which it was sealed; empty for none.
    head
        The `head` of an earlier verification, that was noted elsewhere: without, nobody can tell whether the newest
        seals were cut off together with their rows, or all were written anew.

    Raises
    ------
    JournalError
        When the database fails it.
    """

    def read(query: Select[Any]) -> Sequence[RawRow]:
        with journal.reading() as connection:
            result = connection.execute(query)
            names = tuple(result.keys())
            return [dict(zip(names, row, strict=True)) for row in result]

    with journal.reading() as connection:
        ends = read_ends(connection)
    faults = Faults()
    chain = verified_chain(read_seals(read, ends.seals, PART_ROWS), key, head, faults)
    inspection = _Inspection(read, ends, chain, key, faults)
    inspection.look_at_tables()
    with journal.reading() as connection:
        departures = read_departures(connection, until=ends.given["events"])
    return inspection.result(departures)


class _Numbers:
    """The numbers of a table's rows, as they ascend."""

    def __init__(self, kind: str, faults: Faults) -> None:
        self._kind, self._faults = kind, faults
        self._next = 1
        self.count = 0
        self.gaps: list[Range] = []

    def see(self, seq: int) -> None:
        """Take the number of the next row."""
        self.count += 1
        if seq < 1:
            self._faults.add("number", f"{self._kind} {seq}", "numbers begin with 1")
        elif seq < self._next:
            self._faults.add("duplicate", f"{self._kind} {seq}", "two rows have this number")
        elif seq > self._next:
            self.gaps.append((self._next, seq - 1))
        self._next = max(self._next, seq + 1)

    def end(self, given: int) -> None:
        """Say which number was given last."""
        if given >= self._next:
            self.gaps.append((self._next, given))


@dataclass(slots=True)
class _Absent:
    """References to predictions that are not there, of one table: how many and the first, by project and month."""

    found: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, project: str, prediction_id: str, seq: int) -> None:
        try:
            month = str(month_of_id(prediction_id))
        except (JournalError, OverflowError):
            month = ""
        count, first = self.found.get((project, month), (0, seq))
        self.found[project, month] = (count + 1, first)


class _Inspection:
    """Looks at each table once, and keeps what can be judged only in the end."""

    def __init__(self, read: Read, ends: Ends, chain: ChainFacts, key: bytes, faults: Faults) -> None:
        self._read, self._ends, self._chain, self._faults = read, ends, chain, faults
        self._numbers = {kind: _Numbers(kind, faults) for kind in ends.given}
        self._covers = {
            kind: Cover(kind, read_seals(read, ends.seals, PART_ROWS, kind=kind), key, chain.began_microseconds, faults)
            for kind in ends.given
        }
        self._absent = {"labels": _Absent(), "shadows": _Absent()}
        self._erased: Counter[str] = Counter()
        self._erased_labels: Counter[str] = Counter()
        self._waiting = 0

    def look_at_tables(self) -> None:
        """Look at every row, and at what is between tables."""
        for row in every_prediction(self._read, self._ends):
            if self._take("predictions", row):
                self._look_at_prediction(row)
        for row in every_label(self._read, self._ends):
            if self._take("labels", row):
                self._look_at_label(row)
        for row in every_event(self._read, self._ends):
            if self._take("events", row):
                self._look_at_event(row)
        for row in lone_shadows(self._read, self._ends):
            self._absent["shadows"].add(row["project"], row["prediction_id"], row["seq"])
        self._look_for_twins()
        self._look_beyond()

    def result(self, departures: Departures) -> Verification:
        """Judge what was seen by what left rightly."""
        self._judge_numbers(departures)
        self._judge_references(departures)
        for what, seen, allowed in (
            ("predictions", self._erased, departures.erased),
            ("labels", self._erased_labels, departures.erased_labels),
        ):
            self._judge_erased(what, seen, allowed)
        gaps = {kind: _common(one.gaps, departures.explained[kind]) for kind, one in self._numbers.items()}
        unverified = sum(cover.end(gaps[kind]) for kind, cover in self._covers.items())
        faults = self._faults
        return Verification(
            predictions=self._numbers["predictions"].count,
            labels=self._numbers["labels"].count,
            waiting_labels=self._waiting,
            events=self._numbers["events"].count,
            shadows=self._read(select(func.count().label("rows")).select_from(shadows))[0]["rows"],
            erased=self._erased.total(),
            retired=departures.retired,
            seals=self._chain.seals,
            unverified_seals=unverified,
            head=self._chain.head,
            faults=tuple(faults.listed),
            further_faults=faults.further,
        )

    def _take(self, kind: str, row: RawRow) -> bool:
        """Look at what all rows have; say whether more can be looked at."""
        self._numbers[kind].see(row["seq"])
        wrong = mistyped(NUMBERED[kind], row)
        if wrong:
            self._faults.add("type", f"{kind} {row['seq']}", f"{wrong} holds a value of another type")
            return False
        self._covers[kind].see(row)
        return True

    def _look_at_prediction(self, row: RawRow) -> None:
        where, features = f"predictions {row['seq']}", row["features"]
        is_erased = not features and row["entity"] is None
        if not features:
            self._erased[row["project"]] += 1
        elif not _is_object(features):
            self._faults.add("features", where, "they are no JSON object")
        if not features and (row["entity"] is not None or row["salt"] is not None):
            self._faults.add("erasure", where, "features were erased, and entity or salt were not")
        self._look_at_commitment("predictions", row, (row["entity"], features), is_erased=is_erased)

    def _look_at_label(self, row: RawRow) -> None:
        is_of_entity, is_found = row["as_of_microseconds"] is not None, row["found_at"] is not None
        if is_of_entity and row["entity"] is None:
            self._erased_labels[row["project"]] += 1
        if not is_found and (not is_of_entity or not row["prediction_id"]):
            self._waiting += 1
        elif not is_found:
            self._absent["labels"].add(row["project"], row["prediction_id"], row["seq"])
        elif is_of_entity and not _could_match(row):
            what = f"it was matched with {row['prediction_id']}, which is of another entity or came later"
            self._faults.add("reference", f"labels {row['seq']}", what)
        self._look_at_commitment("labels", row, (row["entity"],), is_erased=row["entity"] is None)

    def _look_at_commitment(self, kind: str, row: RawRow, personal: Sequence[str | None], *, is_erased: bool) -> None:
        is_sealed = self._covers[kind].is_sealed(row)
        wrong = commitment_fault(row, personal, is_erased=is_erased, is_sealed=is_sealed)
        if wrong:
            self._faults.add("commitment", f"{kind} {row['seq']}", wrong)

    def _look_at_event(self, row: RawRow) -> None:
        if not _is_object(row["facts"]):
            self._faults.add("facts", f"events {row['seq']}", "they are no JSON object")

    def _look_for_twins(self) -> None:
        """Look for ids and epochs that are there twice, or not at all."""
        one = predictions.c.id
        twins = select(one.label("id")).group_by(one).having(func.count() > 1).limit(_TWINS)
        for row in self._read(twins):
            self._faults.add("duplicate", f"predictions of id {row['id']}", "an id has one prediction")
        ledger = select(*raw(events, "project", "epoch", "seq")).where(events.c.epoch.is_not(None))
        last: dict[str, int] = {}
        for row in self._read(ledger.order_by(events.c.project, events.c.epoch)):
            project, epoch = row["project"], row["epoch"]
            if epoch != last.get(project, 0) + 1:
                what = f"epoch {epoch} follows epoch {last.get(project, 0)}"
                self._faults.add("epoch", f"promotion ledger of {project}, events {row['seq']}", what)
            last[project] = epoch

    def _look_beyond(self) -> None:
        """Look for rows with numbers that were not given yet."""
        for kind in NUMBERED:
            found = rows_beyond(self._read, self._ends, kind)
            if found:
                self._faults.add("number", kind, f"{found} rows have numbers that were not given yet")

    def _judge_numbers(self, departures: Departures) -> None:
        """Tell which rows are missing and should be there, and the other way round."""
        for kind, one in self._numbers.items():
            one.end(self._ends.given[kind])
            for gap in without(one.gaps, departures.explained[kind]):
                rows = gap[1] - gap[0] + 1
                self._faults.add("gap", f"{kind} {told(gap)}", f"{rows} rows are missing" if rows > 1 else "is missing")
            for back in without(departures.gone[kind], one.gaps):
                self._faults.add("number", f"{kind} {told(back)}", "was retired, and is here again")

    def _judge_references(self, departures: Departures) -> None:
        """Tell what refers to predictions that are not there, and were not retired either."""
        for kind, absent in self._absent.items():
            for project_and_month, (rows, first) in absent.found.items():
                if project_and_month not in departures.months:
                    what = f"{rows} of {project_and_month[0]} are about predictions that are not there"
                    self._faults.add("reference", f"{kind} from {first} on", what)
        for seq in departures.unreadable:
            self._faults.add("facts", f"events {seq}", "what left the journal cannot be read from it")

    def _judge_erased(self, kind: str, seen: Counter[str], allowed: Counter[str]) -> None:
        """Tell where more is erased than was forgotten."""
        for project, rows in seen.items():
            if rows > allowed[project]:
                what = f"{rows} of {project} are erased, and its events tell of {max(0, allowed[project])}"
                self._faults.add("erasure", kind, what)


def _could_match(row: RawRow) -> bool:
    """Say whether a label of an entity could be matched with its prediction; who was forgotten cannot be compared."""
    is_same = row["entity"] is None or row["found_entity"] is None or row["entity"] == row["found_entity"]
    found_at = row["found_at"]
    return is_same and isinstance(found_at, int) and found_at <= row["as_of_microseconds"]


def _is_object(text: str) -> bool:
    try:
        _object.decode(text)
    except msgspec.DecodeError:
        return False
    return True


def _common(ranges: Sequence[Range], others: Sequence[Range]) -> list[Range]:
    """Return the numbers that are in both."""
    return without(ranges, without(ranges, others))
