"""The chain held against what it seals: its links one by one, and the rows of each table against its links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from keepfit.journal.chain import FIRST, Seal, commitment, content
from keepfit.journal.faults import Faults
from keepfit.journal.ranges import Range, extend, meets, merged, told
from keepfit.journal.raw_rows import RawRow, Read, mistyped, raw
from keepfit.journal.tables import seals

SEALED = ("predictions", "labels", "events")
_KEY = "KEEPFIT_JOURNAL_KEY"
_ALL = "all seals"


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """What the chain's links say.

    Attributes
    ----------
    seals
        How many there are.
    head
        The digest of the newest, as hexadecimal digits; None when there is none.
    began_microseconds
        When the first was made; None when there is none.
    """

    seals: int
    head: str | None
    began_microseconds: int | None


@dataclass(slots=True)
class _Link:
    """The link that was looked at last."""

    number: int = 0
    digest: bytes = FIRST
    is_keyed: bool = False
    count: int = 0
    began: int | None = None
    needs_key: bool = False


def read_seals(read: Read, until: int, part_rows: int, *, kind: str | None = None) -> Iterator[RawRow]:
    """Return the seals of all tables or of one, by their numbers, in parts."""
    query = select(*raw(seals)).where(seals.c.number <= until).order_by(seals.c.number).limit(part_rows)
    query = query if kind is None else query.where(seals.c.kind == kind)
    rows = read(query)
    while rows:
        yield from (row for row in rows if not mistyped(seals, row))  # as if it were not there
        rows = read(query.where(seals.c.number > rows[-1]["number"]))


def verified_chain(found: Iterator[RawRow], key: bytes, head: str | None, faults: Faults) -> ChainFacts:
    """Hold each link against the one before.

    Parameters
    ----------
    found
        All seals by their numbers.
    key
        Which they were made with; empty for none.
    head
        A digest that was noted earlier, hexadecimal; None when none was.
    faults
        Where faults go.
    """
    last = _Link()
    is_head_there = head is None
    for row in found:
        _verify_link(row, last, key, faults)
        is_head_there = is_head_there or row["digest"].hex() == str(head).lower()
        last = _Link(
            row["number"],
            bytes(row["digest"]),
            bool(row["is_keyed"]),
            last.count + 1,
            row["at_microseconds"] if last.began is None else last.began,
            last.needs_key or bool(row["is_keyed"] and not key),
        )
    if last.needs_key:
        faults.add("key", _ALL, f"they were made with a key: {_KEY} is needed to verify them")
    if key and last.count and not last.is_keyed:
        faults.add("key", f"seal {last.number}", f"the newest seal was made without a key, though {_KEY} is set")
    if not is_head_there:
        faults.add("head", _ALL, f"none has the digest {head} that was noted: the chain was cut or written anew")
    return ChainFacts(last.count, last.digest.hex() if last.count else None, last.began)


def _verify_link(row: RawRow, last: _Link, key: bytes, faults: Faults) -> None:
    where = f"seal {row['number']}"
    if row["number"] != last.number + 1:
        faults.add("seal", where, f"it follows seal {last.number}: what was between is missing")
    elif not (row["is_keyed"] and not key) and _seal(row).digest(last.digest, _key(row, key)) != row["digest"]:
        faults.add("seal", where, "its digest does not follow from the seal before: one of them was changed")
    if row["kind"] not in SEALED:
        faults.add("seal", where, f"there is no table {row['kind']} to seal")
    if last.is_keyed and not row["is_keyed"]:
        faults.add("key", where, "it was made without a key, and the one before with one")


def _seal(row: RawRow) -> Seal:
    names = ("number", "at_microseconds", "kind", "first_seq", "last_seq", "content", "is_keyed")
    return Seal(*(row[name] for name in names))


def _key(row: RawRow, key: bytes) -> bytes:
    return key if row["is_keyed"] else b""


class Cover:
    """The rows of a table held against its seals; rows come by their numbers, `end` comes last.

    Parameters
    ----------
    kind
        The table.
    found
        Its seals by their numbers.
    key
        Which they were made with; empty for none.
    began_microseconds
        When the first seal of all was made; None when there is none.
    faults
        Where faults go.
    """

    def __init__(
        self, kind: str, found: Iterator[RawRow], key: bytes, began_microseconds: int | None, faults: Faults
    ) -> None:
        self._kind, self._found, self._key, self._faults = kind, found, key, faults
        self._began = began_microseconds
        self._seal = next(found, None)
        self._first = None if self._seal is None else self._seal["first_seq"]
        self._rows: list[RawRow] = []
        self._bare: list[Range] = []
        self._torn: list[tuple[int, Range]] = []

    def is_sealed(self, row: RawRow) -> bool:
        """Say whether a row was written when its table was sealed."""
        if self._first is not None:
            return bool(row["seq"] >= self._first)
        return self._began is not None and bool(row["at_microseconds"] > self._began)

    def see(self, row: RawRow) -> None:
        """Take the next row."""
        while self._seal is not None and row["seq"] > self._seal["last_seq"]:
            self._close(self._seal)
        if self._seal is not None and row["seq"] >= self._seal["first_seq"]:
            self._rows.append(row)
        elif self.is_sealed(row):
            extend(self._bare, row["seq"])

    def end(self, gone: Sequence[Range]) -> int:
        """Tell what no seal covers, and whose rows are not all there; return the seals that cannot be verified.

        Parameters
        ----------
        gone
            Numbers that are missing rightly.
        """
        while self._seal is not None:
            self._close(self._seal)
        for bare in merged(self._bare):
            self._faults.add("unsealed", f"{self._kind} {told(bare)}", "no seal covers them: they were written past it")
        torn = [(number, one) for number, one in self._torn if not meets(gone, *one)]
        for number, one in torn:
            self._faults.add("content", f"seal {number}", f"not all of its rows are there: {self._kind} {told(one)}")
        return len(self._torn) - len(torn)

    def _close(self, seal: RawRow) -> None:
        """Hold the rows of a seal against it, and go on to the next."""
        rows = self._rows
        first, last = seal["first_seq"], seal["last_seq"]
        self._seal, self._rows = next(self._found, None), []
        if len(rows) <= last - first:
            self._torn.append((seal["number"], (first, last)))
        elif self._is_broken(seal, rows):
            what = f"{self._kind} {told((first, last))} are not as they were sealed"
            self._faults.add("content", f"seal {seal['number']}", what)

    def _is_broken(self, seal: RawRow, rows: Sequence[RawRow]) -> bool:
        if seal["is_keyed"] and not self._key:
            return False
        return content(self._kind, rows, _key(seal, self._key)) != bytes(seal["content"])


def commitment_fault(row: RawRow, personal: Sequence[str | None], *, is_erased: bool, is_sealed: bool) -> str:
    """Return what is wrong with the commitment of a row, empty when nothing is.

    Parameters
    ----------
    row
        With its salt and its commitment.
    personal
        What tells of a person in it.
    is_erased
        Whether nothing does.
    is_sealed
        Whether it was written when its table was sealed.
    """
    salt, promised = row["salt"], row["commitment"]
    if salt is not None and promised is not None:
        is_kept = commitment(salt, personal) == promised
        return "" if is_kept else "features or entity are not those that it was sealed with"
    if salt is not None:
        return "it has a salt, and no commitment"
    if not is_erased and (is_sealed or promised is not None):
        return "features or entity have nothing that vouches for them: salt and commitment are not both there"
    return ""
