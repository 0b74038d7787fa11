"""One record of a panel with its months before: what its past says, by the very function that training asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keepfit.date_text import date_reader
from keepfit.errors import RecordError, Violation
from keepfit.missing_text import MISSING_VALUES
from keepfit.number_text import BLANKS, text_number
from keepfit.ownership import UNKNOWN, Ownership, history, history_names
from keepfit.panel_columns import PanelColumns

HISTORY = "history"
MOST_MONTHS = 120
_MONTHS_OF_A_YEAR = 12


def past_of(record: Mapping[str, Any], columns: PanelColumns) -> dict[str, int | None]:
    """Return what a record's past says, by the names of `history_names`; None where it is not known.

    Parameters
    ----------
    record
        As it was sent. Its key `history` may hold records of months before, each with its month and its products, in
        any order; without it nothing before is known.
    columns
        What its columns mean.

    Raises
    ------
    RecordError
        When a month is missing or no date, is told twice, or is not before the record's own; when it is more than 120
        months before; or a product is neither 0 nor 1, or none of the panel's.
    """
    now = _month(record, columns, "")
    told = {now: _bits(record, columns, "")}
    for place, earlier in enumerate(_earlier(record)):
        where = f"{HISTORY}[{place}]"
        if not isinstance(earlier, Mapping):
            raise _refused(where, "is no record; give it a month and its products")
        _require_known(earlier, columns, where)
        month = _month(earlier, columns, f"{where}.")
        if not now - MOST_MONTHS <= month < now:
            said = f"{earlier[columns.month]} is not within the {MOST_MONTHS} months before {record[columns.month]}"
            raise _refused(f"{where}.{columns.month}", said)
        if month in told:
            raise _refused(f"{where}.{columns.month}", f"the month of {earlier[columns.month]} is told twice")
        told[month] = _bits(earlier, columns, f"{where}.")
    return _asked(told, columns)


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


def _month(record: Mapping[str, Any], columns: PanelColumns, prefix: str) -> int:
    """Return the month of a record, counted from the year 0."""
    text = record.get(columns.month)
    text = str(text) if text.__class__ is int else text  # as in 20160428: the door takes it so
    days = date_reader(columns.date_format)(text) if isinstance(text, str) else None
    if days is None:
        said = "is missing" if text is None else f"{text!r} is no date of the format {columns.date_format}"
        raise _refused(f"{prefix}{columns.month}", said)
    return int(np.datetime64(days, "D").astype("datetime64[M]").astype(np.int64)) + 1970 * _MONTHS_OF_A_YEAR


def _bits(record: Mapping[str, Any], columns: PanelColumns, prefix: str) -> int:
    """Return the products of a record as bits."""
    bits = 0
    for place, product in enumerate(columns.products):
        value = _plain(record.get(product))
        if value is None or value == 0:
            continue
        if value != 1:
            raise _refused(f"{prefix}{product}", f"{value!r} is neither 0 nor 1")
        bits |= 1 << place
    return bits


def _plain(value: Any) -> Any:
    """Return a value, the number that a text says, or None where a text means that there is none."""
    if not isinstance(value, str):
        return value
    text = value.strip(BLANKS)
    return None if text in MISSING_VALUES else text_number(text) if text_number(text) is not None else value


def _require_known(earlier: Mapping[str, Any], columns: PanelColumns, where: str) -> None:
    unknown = sorted(set(earlier) - {columns.entity, columns.month, *columns.products})
    if unknown:
        said = f"is no product; a month of the history has {columns.month} and the products"
        raise _refused(f"{where}.{unknown[0]}", said)


def _refused(field: str, message: str) -> RecordError:
    return RecordError([Violation(field, message)])
