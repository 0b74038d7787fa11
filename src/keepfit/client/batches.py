"""Records and labels as the bodies of requests, each as large as the service takes and no larger."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from keepfit.errors import RefusedError, Violation

_NO_VALUE = frozenset({"NAType", "NaTType"})  # what pandas has for a missing value; it is not imported for that


class Batch(NamedTuple):
    """The body of one request.

    Attributes
    ----------
    first
        Place of its first record among all, from 0.
    rows
        How many records there are.
    body
        A JSON list of them.
    """

    first: int
    rows: int
    body: bytes


def batches(records: Iterable[Mapping[str, Any]], *, rows: int, size: int) -> Iterator[Batch]:
    """Yield the records in order, in bodies of at most so many rows and bytes.

    A record that is too large for any body has one of its own: the service says what it takes.

    Parameters
    ----------
    records
        Taken one after the other, no further than the next body needs.
    rows, size
        What one request may hold; the size is in bytes.

    Raises
    ------
    RefusedError
        When a value is none that JSON has.
    """
    first, length = 0, 1
    parts: list[bytes] = []
    for at, record in enumerate(records):
        part = encoded(record, at)
        if parts and (len(parts) == rows or length + len(part) + 1 > size):
            yield Batch(first, len(parts), _joined(parts))
            first, length, parts = at, 1, []
        parts.append(part)
        length += len(part) + 1
    if parts:
        yield Batch(first, len(parts), _joined(parts))


def encoded(record: Mapping[str, Any], at: int | None = None) -> bytes:
    """Return a record as JSON; NaN, and what pandas has for a missing value, are null.

    Parameters
    ----------
    record
        Plain values, and scalars of NumPy.
    at
        Its place among others, for the message.

    Raises
    ------
    RefusedError
        When a value is none that JSON has.
    """
    try:
        if not any(map(_is_infinite, record.values())):
            return _encoder.encode(record if isinstance(record, dict) else dict(record))
    except (TypeError, ValueError):
        pass  # which of the values it was is looked for below
    violations = [Violation(str(name), fault, at) for name, value in record.items() if (fault := _fault(value))]
    row = "" if at is None else f"row {at}, "
    more = len(violations) - 1
    raise RefusedError(
        f"it is not sent: {violations[0].message}",
        where=f"{row}{violations[0].field}",
        hint=f"and {more} more" if more else "",
        violations=violations,
    )


def _joined(parts: list[bytes]) -> bytes:
    return b"[" + b",".join(parts) + b"]"


def _fault(value: Any) -> str:
    """Return why a value cannot be sent, empty when it can."""
    try:
        _encoder.encode(value)
    except (TypeError, ValueError):
        return f"a value of type {type(value).__name__} has no JSON"
    return f"{value} is no number that JSON has; send null for a missing value" if _is_infinite(value) else ""


def _is_infinite(value: Any) -> bool:
    """Tell the numbers that would be sent as null although they are not missing."""
    return isinstance(value, float) and math.isinf(value)


def _plain(value: Any) -> Any:
    """Return a scalar that is not of Python's own types as one that is."""
    if type(value).__name__ in _NO_VALUE:
        return None
    plain = value.item() if hasattr(value, "item") else value
    if plain is value or _is_infinite(plain):
        raise TypeError
    return plain


_encoder = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number")
