"""Tamper evidence: every batch of rows is sealed, and a seal carries the digest of the one before.

The content of a seal is the digest of its rows; its digest is that of the seal before, its own number, time, table and
range, and the content. Who changes, removes, adds or reorders a row after the fact breaks the content; who removes or
rewrites a seal breaks every later one. With a key (`KEEPFIT_JOURNAL_KEY`) nobody can forge a seal who has the database
alone; without one, whoever rewrites all seals from one on is found by a head that was kept elsewhere.

What tells of a person (features, entity) is not in the content itself but by a commitment: the digest of it with a
random salt. To forget a person erases both, and leaves the commitment: the chain holds, and the digest tells nothing.

References
----------
Schneier, B. and Kelsey, J. (1999). Secure audit logs to support computer forensics. ACM TISSEC 2(2).
Aumasson, J.-P. et al. (2013). BLAKE2: simpler, smaller, fast as MD5 (RFC 7693); keyed as in its section 2.9.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

import msgspec
from sqlalchemy import Dialect, insert

from keepfit.clock import microseconds, utc_now
from keepfit.errors import JournalError
from keepfit.journal.tables import seals

LONGEST_KEY = 64  # bytes that BLAKE2b takes
Row = tuple[object, ...]
_BYTES = 32
_SALT_BYTES = 16
_TRIED_SEALS = 16
FIRST = bytes(_BYTES)  # what the first seal carries


class Cursor(Protocol):
    """A driver's cursor, in a transaction."""

    def execute(self, query: str, parameters: Sequence[Any] = ..., /) -> Any:
        """Execute a statement."""

    def fetchone(self) -> Sequence[Any] | None:
        """Return the next row, None after the last."""

    def fetchall(self) -> Sequence[Sequence[Any]]:
        """Return the rows that are left."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A link of the chain.

    Attributes
    ----------
    number
        From 1, without gaps.
    at_microseconds
        When it was made.
    kind
        The table of its rows.
    first_seq, last_seq
        Their numbers.
    content
        The digest of the rows, 32 bytes.
    is_keyed
        Whether the digests were made with a key.
    """

    number: int
    at_microseconds: int
    kind: str
    first_seq: int
    last_seq: int
    content: bytes
    is_keyed: bool

    def digest(self, before: bytes, key: bytes) -> bytes:
        """Return its digest, 32 bytes, after the digest of the seal before."""
        told = (self.number, self.at_microseconds, self.kind, self.first_seq, self.last_seq, self.content)
        return blake2b(before + msgspec.msgpack.encode(told), key=key, digest_size=_BYTES).digest()


class Chain:
    """Seals what is written.

    Parameters
    ----------
    dialect
        Of the database.
    key
        Up to 64 bytes, empty for none.

    Raises
    ------
    JournalError
        When the key is too long.
    """

    def __init__(self, dialect: Dialect, key: bytes) -> None:
        if len(key) > LONGEST_KEY:
            raise JournalError(
                f"the key has {len(key)} bytes", where="KEEPFIT_JOURNAL_KEY", hint=f"at most {LONGEST_KEY} are taken"
            )
        self._key = key
        self._is_key_tried = False
        self._insert = str(insert(seals).compile(dialect=dialect))
        # SQLite has one writer; elsewhere who seals waits for who has sealed and not committed
        self._turn = "LOCK TABLE seals IN EXCLUSIVE MODE" if dialect.name == "postgresql" else ""

    def seal(self, cursor: Cursor, kind: str, first_seq: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """Seal rows in the transaction that writes them.

        Parameters
        ----------
        cursor
            Of a transaction that no other writer can be beside.
        kind
            The table.
        first_seq
            The number of the first row; the others follow without gaps.
        rows
            Values by column, at least one row.

        Raises
        ------
        JournalError
            When the seals there are were made with another key.
        """
        if self._turn:
            cursor.execute(self._turn)
        self.require_key(cursor)
        cursor.execute("SELECT number, digest FROM seals ORDER BY number DESC LIMIT 1")
        number, before = cursor.fetchone() or (0, FIRST)
        seal = Seal(
            number + 1,
            microseconds(utc_now()),
            kind,
            first_seq,
            first_seq + len(rows) - 1,
            content(kind, rows, self._key),
            bool(self._key),
        )
        digest = seal.digest(bytes(before), self._key)
        told = (seal.number, seal.at_microseconds, kind, first_seq, seal.last_seq, seal.content, digest)
        cursor.execute(self._insert, (*told, int(seal.is_keyed)))

    def require_key(self, cursor: Cursor) -> None:
        """Refuse to go on with another key than that of the newest seals: what it seals would look like a forgery.

        One of several that fits is enough: who altered one must not be able to stop every writer.

        Raises
        ------
        JournalError
            When none of them fits.
        """
        if self._is_key_tried:
            return
        links = _newest_links(cursor)
        before = [digest for _, digest in links[1:]] + ([FIRST] if len(links) <= _TRIED_SEALS else [])
        tried = zip(links, before, strict=False)  # what the oldest one carries may not be known
        keyed = [(link, digest, previous) for (link, digest), previous in tried if link.is_keyed]
        if keyed and not any(link.digest(previous, self._key) == digest for link, digest, previous in keyed):
            raise JournalError(
                f"the journal is sealed with a key, and {'this is another one' if self._key else 'none is given'}",
                where="KEEPFIT_JOURNAL_KEY in the environment",
                hint="whatever writes needs the same one; `keepfit journal verify` says more",
            )
        self._is_key_tried = True


def _newest_links(cursor: Cursor) -> list[tuple[Seal, bytes]]:
    """Return the newest seals with their digests, the newest first: one more than are tried, if there are."""
    names = ("number", "at_microseconds", "kind", "first_seq", "last_seq", "content", "is_keyed", "digest")
    cursor.execute(f"SELECT {', '.join(names)} FROM seals ORDER BY number DESC LIMIT {_TRIED_SEALS + 1}")  # noqa: S608 - names of ours
    return [(Seal(*of_it[:-1]), of_it[-1]) for of_it in map(tuple, cursor.fetchall())]


def content(kind: str, rows: Iterable[Mapping[str, Any]], key: bytes) -> bytes:
    """Return the digest of rows of a table, 32 bytes; rows are values by column."""
    digest = blake2b(key=key, digest_size=_BYTES)
    sealed = _SEALED[kind]
    for row in rows:
        digest.update(msgspec.msgpack.encode(sealed(row)))
    return digest.digest()


def commitment(salt: bytes, personal: Sequence[str | None]) -> bytes:
    """Return what stands in a seal for what tells of a person, 32 bytes."""
    return blake2b(msgspec.msgpack.encode(personal), key=salt, digest_size=_BYTES).digest()


def commitments(rows: Sequence[Sequence[str | None]]) -> list[tuple[bytes, bytes]]:
    """Return a fresh salt and the commitment for what tells of a person in each row."""
    drawn = os.urandom(_SALT_BYTES * len(rows))
    salts = [drawn[at : at + _SALT_BYTES] for at in range(0, len(drawn), _SALT_BYTES)]
    return [(salt, commitment(salt, row)) for salt, row in zip(salts, rows, strict=True)]


def _sealed_prediction(row: Mapping[str, Any]) -> Row:
    told = ("id", "at_microseconds", "project", "model_version", "probability", "decision", "duration_seconds")
    return (*(row[name] for name in told), row["commitment"])


def _sealed_label(row: Mapping[str, Any]) -> Row:
    """Return a label's values; which prediction a label of an entity belongs to is found, not said."""
    prediction_id = row["prediction_id"] if row["as_of_microseconds"] is None else ""
    told = ("project", "label", "at_microseconds", "as_of_microseconds", "commitment")
    return (prediction_id, *(row[name] for name in told))


def _sealed_event(row: Mapping[str, Any]) -> Row:
    return tuple(row[name] for name in ("at_microseconds", "project", "kind", "actor", "facts", "epoch"))


_SEALED: Mapping[str, Callable[[Mapping[str, Any]], Row]] = {
    "predictions": _sealed_prediction,
    "labels": _sealed_label,
    "events": _sealed_event,
}
