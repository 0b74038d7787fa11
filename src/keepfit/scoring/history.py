"""Reading records that happened already, by the million: texts of JSON become the history door's numbers.

Texts are read a few hundred at a time, column by column. What is not plain (a value that the door refuses, an unknown
column) goes to the door itself, record by record: there is one judge, and this is its quicker hand.
`tests/scoring/test_history.py` holds the two equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.errors import RecordError
from keepfit.scoring.door import history_door
from keepfit.scoring.values import Encoder, RefusedValueError, range_of, value_encoder
from keepfit.signature import Column, Kind, Signature

_TEXTS_AT_ONCE = 500  # what they become fits into the processor's cache
_VALUES_KEPT = 2000
_ODD_NAME = re.compile(r'[\x00-\x1f"\\]')
_UNREADABLE = (msgspec.MsgspecError, UnicodeError, RecursionError)
_REFUSED = math.inf  # which no record holds: JSON has no such number
# Larger ones than these are the door's: they are rare, and there float64 need not say what the text says.
_WHOLE = Annotated[int, Meta(ge=-(2**53), le=2**53)]
_NUMBER = Annotated[float, Meta(ge=-1e38, le=1e38)]
_Decode = Callable[[str], Any]


class HistoryReader:
    """Reads records of a journal along a signature; values may be missing, unseen, out of range.

    It keeps what it has learnt of values, and so belongs to one thread.

    Parameters
    ----------
    signature
        Of the model that answered them.
    """

    def __init__(self, signature: Signature) -> None:
        self._door = history_door(signature)
        signature = self._door.signature
        numbers = {at: column for at, column in enumerate(signature.columns) if _is_number(column)}
        self._whole = [at for at, column in numbers.items() if column.kind is Kind.INTEGER]
        self._ends = [(at, ends) for at, column in numbers.items() if (ends := range_of(column)) is not None]
        self._codes = {
            at: _Codes(value_encoder(column, signature))
            for at, column in enumerate(signature.columns)
            if at not in numbers and column.kind is not Kind.FLAG
        }
        self._decode = _decoder(signature)

    def matrix(self, sent: Sequence[str]) -> Matrix:
        """Return what `history_door(signature).rows` makes of the records, `(n_rows, n_features)`.

        Parameters
        ----------
        sent
            Records as they were sent, JSON.

        Raises
        ------
        RecordError
            With every violation of every record, each with its row.
        """
        found = np.empty((len(sent), len(self._door.signature.columns)), dtype=np.float32)
        is_read = np.zeros(len(sent), dtype=np.bool_)
        if self._decode is not None:
            for begin in range(0, len(sent), _TEXTS_AT_ONCE):
                some = slice(begin, begin + _TEXTS_AT_ONCE)
                records, is_read[some] = _decoded(self._decode, sent[some])
                is_read[some] &= self._read(records, found[some])
        left = np.flatnonzero(~is_read).tolist()
        if left:
            try:
                found[left] = self._door.rows([msgspec.json.decode(sent[at]) for at in left])
            except RecordError as error:
                raise RecordError(replace(one, row=left[one.row or 0]) for one in error.violations) from error
        return found

    def _read(self, records: Sequence[Any], found: Matrix) -> NDArray[np.bool_]:
        """Fill in the rows of records and return which of them are right."""
        columns = list(zip(*map(msgspec.structs.astuple, records), strict=True))
        numbers = np.empty((found.shape[1], len(records)))
        for at, row in enumerate(numbers):
            codes = self._codes.get(at)
            row[:] = columns[at] if codes is None else list(map(codes.__getitem__, columns[at]))
        is_right: NDArray[np.bool_] = (numbers != _REFUSED).all(axis=0)
        whole = numbers[self._whole]
        is_right &= (np.isnan(whole) | (np.rint(whole) == whole)).all(axis=0)
        for at, (low, high) in self._ends:
            np.clip(numbers[at], low, high, out=numbers[at])
        found[:] = numbers.T
        return is_right


class _Codes(dict[Any, float]):
    """The numbers of a column's values, each asked once of its encoder, as long as there are not too many."""

    def __init__(self, encode: Encoder) -> None:
        super().__init__()
        self._encode = encode

    def __missing__(self, value: Any) -> float:
        try:
            number = self._encode(value)
        except RefusedValueError:
            number = _REFUSED
        if len(self) < _VALUES_KEPT:
            self[value] = number
        return number


def _decoded(decode: _Decode, texts: Sequence[str]) -> tuple[list[Any], NDArray[np.bool_]]:
    """Return records, and which of them could be read; a record without keys stands for another."""
    is_read = np.ones(len(texts), dtype=np.bool_)
    try:
        return list(map(decode, texts)), is_read
    except _UNREADABLE:
        records = []
    for at, text in enumerate(texts):
        try:
            records.append(decode(text))
        except _UNREADABLE:
            records.append(decode("{}"))
            is_read[at] = False
    return records, is_read


def _decoder(signature: Signature) -> _Decode | None:
    """Return what decodes a record, any of whose columns may be absent.

    None where a column has a name that msgspec does not read, or a record may have a history: the door does.
    """
    if signature.offers is not None:
        return None
    if any(_ODD_NAME.search(name) for name in (*signature.names, signature.entity or "")):
        return None
    fields: list[Any] = []
    names: dict[str, str] = {}
    for at, column in enumerate(signature.columns):
        fields.append((f"f{at}", _type(column), None))
        names[f"f{at}"] = column.name
    if signature.entity:
        fields.append(("entity", Any, None))
        names["entity"] = signature.entity
    record = msgspec.defstruct("Record", fields, rename=names, forbid_unknown_fields=True, kw_only=True, gc=False)
    return msgspec.json.Decoder(record).decode


def _is_number(column: Column) -> bool:
    """Say whether its values are numbers as they stand, but for the ends of its range."""
    return column.kind.is_numeric and not (column.is_written_as_text or column.missing_values)


def _type(column: Column) -> Any:
    """Return the type of a plain value of a column; of equal values of it, all are the same to the door."""
    if column.kind is Kind.FLAG:
        return bool | None
    if column.kind is Kind.DATE:
        return str | _WHOLE | None
    return _NUMBER | None if _is_number(column) else str | _WHOLE | _NUMBER | None
