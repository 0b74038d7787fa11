"""Reading a request of one record straight into the door's numbers, where the record holds nothing unusual.

The service's hot path: bytes of JSON become a float32 row with no dictionary in between. Whatever is not plain (a
value that the door refuses or converts, a key twice, a body of another form) is left to the door itself, which says
why: there is one judge, and this is its quicker hand. `tests/scoring/test_record_reader.py` holds the two equal.
"""

from __future__ import annotations

import math
import re
import struct
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from keepfit.scoring.door import Door
from keepfit.scoring.values import LARGEST, Encoder, RefusedValueError, range_of, value_encoder
from keepfit.signature import Column, Kind

_EXACT = 2**53  # whole numbers up to here are float64's own
LONGEST_BODY_BYTES = 8192
LONGEST_ENTITY = 200  # characters
ENTITY_PATTERN = (  # in the words of any language's patterns: every one of them calls this the end
    r"^[^\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]"
    rf"{{1,{LONGEST_ENTITY}}}$(?!\n)"
)
ENTITY_EXPECTED = f"must be a text of 1 to {LONGEST_ENTITY} printable characters, or a whole number of 64 bits"
SMALLEST_ENTITY, LARGEST_ENTITY = -(2**63), 2**63 - 1
_ODD_NAME = re.compile(r'[\x00-\x1f"\\]')
_ENTITY = re.compile(ENTITY_PATTERN)
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class PlainRecord(NamedTuple):
    """A record that was read without the door.

    Attributes
    ----------
    row
        Its numbers: float32 in the order of the signature, in the machine's byte order.
    sent
        The record as it was sent, JSON.
    entity
        Whom it is about, if it says so.
    """

    row: bytes
    sent: str
    entity: str | None


class RecordReader:
    """Reads bodies of one record each, along a door's signature.

    Parameters
    ----------
    door
        Whose numbers it makes.
    """

    def __init__(self, door: Door) -> None:
        columns = door.signature.columns
        encoders = [value_encoder(column, door.signature) for column in columns]
        self._width = len(columns)
        self._pack = struct.Struct(f"={self._width}f").pack
        self._has_entity = door.signature.entity is not None
        self._whole = _decoder(door, is_whole=True)
        self._sparse = _decoder(door, is_whole=False)
        plain = list(zip(range(self._width), columns, encoders, strict=True))
        self._codes = [(at, _codes(column, encode)) for at, column, encode in plain if _has_codes(column)]
        self._others = [(at, encode) for at, column, encode in plain if not _is_plain(column)]

    def read(self, body: bytes) -> PlainRecord | None:
        """Return the record of a body, None when the door must look at it."""
        if len(body) > LONGEST_BODY_BYTES or self._whole is None or self._sparse is None:
            return None
        try:
            values = list(msgspec.structs.astuple(self._whole.decode(body)))
            entity = values.pop() if self._has_entity else UNSET
            keys = self._width
        except _UNREADABLE:
            try:
                values = list(msgspec.structs.astuple(self._sparse.decode(body)))
            except _UNREADABLE:
                return None
            entity = values.pop() if self._has_entity else UNSET
            keys = sum(value is not UNSET for value in values)
            values = [None if value is UNSET else value for value in values]
        # a text holds a colon, or a key came twice: rare enough to look closely
        if body.count(b":") != keys + (entity is not UNSET):
            return None
        return self._encoded(values, body, None if entity is UNSET else entity)

    def _encoded(self, values: list[Any], body: bytes, entity: str | int | None) -> PlainRecord | None:
        try:
            for at, codes in self._codes:
                values[at] = codes[values[at]]
            for at, encode in self._others:
                values[at] = encode(values[at])
        except (KeyError, RefusedValueError):
            return None
        if entity is not None:
            entity = entity_text(entity)
            if entity is None:
                return None
        row = self._pack(*[math.nan if value is None else value for value in values])
        return PlainRecord(row, body.decode(), entity)


def entity_text(value: Any) -> str | None:
    """Return whom a value names, None when it cannot name anybody.

    A text of 1 to 200 characters, none of them of control, of format or an unusual blank; or a whole number of 64 bits,
    `5.0` being 5: JSON knows one kind of number only.
    """
    if value.__class__ is str:
        return value if is_entity(value) else None
    is_whole = value.__class__ is int or (value.__class__ is float and value.is_integer())
    return str(int(value)) if is_whole and SMALLEST_ENTITY <= value <= LARGEST_ENTITY else None


def is_entity(text: str) -> bool:
    """Say whether a text can name whom a record is about."""
    return 0 < len(text) <= LONGEST_ENTITY and (text.isprintable() or _ENTITY.search(text) is not None)


def _decoder(door: Door, *, is_whole: bool) -> msgspec.json.Decoder[Any] | None:
    """Return the decoder of records that have all columns, or of those that lack some that may be missing.

    None where a column has a name that msgspec does not read, or a record may have a history: the door does.
    """
    if door.signature.offers is not None:
        return None
    if any(_ODD_NAME.search(name) for name in (*door.signature.names, door.signature.entity or "")):
        return None
    fields: list[Any] = []
    names: dict[str, str] = {}
    for at, column in enumerate(door.signature.columns):
        names[f"f{at}"] = column.name
        kind = _type(column)
        fields.append((f"f{at}", kind) if is_whole or not column.optional else (f"f{at}", kind | UnsetType, UNSET))
    if door.signature.entity:
        names["entity"] = door.signature.entity
        fields.append(("entity", str | int | None | UnsetType, UNSET))
    record = msgspec.defstruct("Record", fields, rename=names, forbid_unknown_fields=True, kw_only=True)
    return msgspec.json.Decoder(record)


def _type(column: Column) -> Any:
    """Return the type of a plain value of a column."""
    types: dict[Kind, Any] = {
        Kind.INTEGER: Annotated[int, Meta(ge=-_EXACT, le=_EXACT)],
        Kind.NUMBER: Annotated[float, Meta(ge=-LARGEST, le=LARGEST)],
        Kind.CATEGORY: str | int,
        Kind.FLAG: bool,
        Kind.DATE: str | int,
    }
    kind = types[column.kind] | str if column.is_written_as_text else types[column.kind]
    return kind | None if column.optional else kind


def _has_codes(column: Column) -> bool:
    return column.kind is Kind.CATEGORY


def _is_plain(column: Column) -> bool:
    """Say whether its values are numbers, or codes of a table, as they stand."""
    if column.kind is Kind.DATE:
        return False
    is_converted = column.is_written_as_text or column.missing_values or range_of(column) is not None
    return _has_codes(column) or not is_converted


def _codes(column: Column, encode: Encoder) -> dict[Any, float]:
    """Return the number of each value that the vocabulary knows, as the door has it; others are for the door."""
    words = [*column.categories, *column.missing_values, *(text for text, _ in column.spellings)]
    values = [*words, *(int(word) for word in words if word.isdecimal() and str(int(word)) == word)]
    codes: dict[Any, float] = {None: math.nan} if column.optional else {}
    for value in values:
        try:
            codes[value] = encode(value)
        except RefusedValueError:
            continue
    return codes
