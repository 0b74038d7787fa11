"""One record of a panel with its months before: what its past says, by the very function that training asks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from keepfit.errors import RecordError, Violation
from keepfit.ownership import UNKNOWN, Ownership, history, history_names
from keepfit.panel_columns import PanelColumns
from keepfit.signature import label_text

HISTORY = "history"
MOST_MONTHS = 120
Readers = Mapping[str, Callable[[Any], float]]
"""What reads a value of a column, the month as its day since 1970-01-01: NaN where it is missing, else a ValueError."""


def past_of(record: Mapping[str, Any], columns: PanelColumns, readers: Readers) -> dict[str, int | None]:
    """Return what a record's past says, by the names of `history_names`; None where it is not known.

    Parameters
    ----------
    record
        As it was sent. Its key `history` may hold records of months before, each with its month and its products, in
        any order; without it nothing before is known.
    columns
        What its columns mean.
    readers
        Of the month and of each product: those of the record, and of the months before by the same.

    Raises
    ------
    RecordError
        When a month is missing or no date, is told twice, or is not before the record's own; when it is more than 120
        months before, or of another entity; or a product is neither 0 nor 1, or none of the panel's.
    """
    now = _month(record, columns, readers, "")
    told = {now: _bits(record, columns, readers, "")}
    whom = record.get(columns.entity)
    for place, earlier in enumerate(_earlier(record)):
        where = f"{HISTORY}[{place}]"
        if not isinstance(earlier, Mapping):
            raise _refused(where, "is no record; give it a month and its products")
        _require_known(earlier, columns, where)
        whom = _same(whom, earlier.get(columns.entity), f"{where}.{columns.entity}")
        month = _month(earlier, columns, readers, f"{where}.")
        if not now - MOST_MONTHS <= month < now:
            said = f"{earlier[columns.month]} is not within the {MOST_MONTHS} months before {record[columns.month]}"
            raise _refused(f"{where}.{columns.month}", said)
        if month in told:
            raise _refused(f"{where}.{columns.month}", f"the month of {earlier[columns.month]} is told twice")
        told[month] = _bits(earlier, columns, readers, f"{where}.")
    return _asked(told, columns)


def known_months(record: Mapping[str, Any], columns: PanelColumns, readers: Readers) -> int:
    """Return how many months before a record its past knows: those that were sent, and `memory` months back at most.

    Parameters
    ----------
    record, columns, readers
        See `past_of`, which has taken the record.
    """
    now = _month(record, columns, readers, "")
    return sum(now - _month(earlier, columns, readers, "") <= columns.memory for earlier in _earlier(record))


def _asked(told: Mapping[int, int], columns: PanelColumns) -> dict[str, int | None]:
    first, now = min(told), max(told)
    bits = np.array([[told.get(month, 0) for month in range(first, now + 1)]], dtype=np.uint64)
    is_known = np.array([[month in told for month in range(first, now + 1)]])
    last = np.array([now - first])
    owned = Ownership(columns.products, bits, is_known)
    found = history(owned, np.zeros(1, dtype=np.int64), last, columns.lags, memory=columns.memory)
    values = (None if value == UNKNOWN else value for value in found[0].tolist())
    return dict(zip(history_names(columns.products, columns.lags), values, strict=True))


def _earlier(record: Mapping[str, Any]) -> Sequence[Any]:
    earlier = record.get(HISTORY)
    if earlier is None:
        return ()
    if not isinstance(earlier, list):
        raise _refused(HISTORY, "is no list; list the records of the months before")
    return earlier


def _same(whom: Any, named: Any, where: str) -> Any:
    """Return whom months are about, of which the first that names somebody says it for all."""
    if whom is None or named is None:
        return named if whom is None else whom
    if label_text(named) != label_text(whom):
        raise _refused(where, "is of another customer")
    return whom


def _month(record: Mapping[str, Any], columns: PanelColumns, readers: Readers, prefix: str) -> int:
    """Return the month of a record, counted from January 1970."""
    day = _read(record, columns.month, readers, prefix)
    if math.isnan(day):
        raise _refused(f"{prefix}{columns.month}", "is missing")
    return int(np.datetime64(int(day), "D").astype("datetime64[M]").astype(np.int64))


def _bits(record: Mapping[str, Any], columns: PanelColumns, readers: Readers, prefix: str) -> int:
    """Return the products of a record as bits."""
    bits = 0
    for place, product in enumerate(columns.products):
        value = _read(record, product, readers, prefix)
        if value == 0 or math.isnan(value):
            continue
        if value != 1:
            raise _refused(f"{prefix}{product}", f"{record[product]!r} is neither 0 nor 1")
        bits |= 1 << place
    return bits


def _read(record: Mapping[str, Any], name: str, readers: Readers, prefix: str) -> float:
    try:
        return readers[name](record.get(name))
    except ValueError as error:
        raise _refused(f"{prefix}{name}", str(error)) from error


def _require_known(earlier: Mapping[str, Any], columns: PanelColumns, where: str) -> None:
    unknown = sorted(set(earlier) - {columns.entity, columns.month, *columns.products})
    if unknown:
        said = f"is no product; a month of the history has {columns.month} and the products"
        raise _refused(f"{where}.{unknown[0]}", said)


def _refused(field: str, message: str) -> RecordError:
    return RecordError([Violation(field, message)])
