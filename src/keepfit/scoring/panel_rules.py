"""What the door asks of a record of a panel beside its columns: its past, and days that can be.

A table's rows without their past are each for itself, as a record without a history is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.clock import utc_now
from keepfit.date_text import date_text, day_of
from keepfit.errors import RecordError, Violation
from keepfit.ownership import UNKNOWN, Ownership, history, pack
from keepfit.panel_record import known_months, past_of
from keepfit.scoring.values import RefusedValueError, shown, value_encoder
from keepfit.signature import Offers, Signature

_LATER = "{} lies in the future"
_BEFORE = "{} is after {}, the day of the record ({})"


class PanelRules:
    """The past of records, and the order of their days.

    Parameters
    ----------
    signature
        With offers; the columns of the past are its last ones.
    offers
        Its offers.
    """

    def __init__(self, signature: Signature, offers: Offers) -> None:
        names = signature.names
        self.sent = len(signature.sent_columns)
        self._panel = offers.panel
        self._products = [names.index(product) for product in offers.panel.products]
        self._month = names.index(offers.panel.month)
        self._since = names.index(offers.since) if offers.since else None
        self._columns = signature.columns
        read = (*self._products, self._month)
        self._readers = {names[at]: value_encoder(self._columns[at], signature) for at in read}

    def past(self, record: Mapping[str, Any], row: int | None) -> tuple[list[float], list[Violation]]:
        """Return what the months before a record say, and what is wrong with them.

        Nothing is known of them where a record that happened already was kept without its month.
        """
        if self._columns[self._month].optional and self._lacks_its_month(record):
            return [math.nan] * (len(self._columns) - self.sent), []
        try:
            told = past_of(record, self._panel, self._readers)
        except RecordError as error:
            return [], [Violation(one.field, one.message, row) for one in error.violations]
        return [math.nan if value is None else float(value) for value in told.values()], []

    def months_known(self, record: Mapping[str, Any]) -> int:
        """Return how many months before a record that was taken are known: what its column `months_known` holds."""
        return known_months(record, self._panel, self._readers)

    def violations(self, values: list[float], row: int | None) -> list[Violation]:
        """Return which days of a record cannot be."""
        return [Violation(self._columns[at].name, said, row) for at, said in self._impossible(values)]

    def wrong(self, matrix: Matrix) -> dict[int, NDArray[np.bool_]]:
        """Return which rows hold days that cannot be, or no flag of a product, `(n_rows,)`, by the column's place."""
        month = matrix[:, self._month]
        found = {self._month: month > _last_day()}
        if self._since is not None:
            found[self._since] = matrix[:, self._since] > month
        for at in self._products:
            values = matrix[:, at]
            found[at] = (values != 0) & (values != 1) & ~np.isnan(values)
        return {at: is_wrong for at, is_wrong in found.items() if is_wrong.any()}

    def judges(self, at: int) -> bool:
        """Say whether a column's values can be wrong by these rules."""
        return at in self._products or at in (self._month, self._since)

    def reason(self, at: int, value: Any) -> str:
        """Return why a value of a column is wrong by these rules."""
        if at in self._products:
            return f"{shown(value)} is neither 0 nor 1"
        return f"{shown(value)} cannot be: it is in the future, or after the day of the record"

    def lone_past(self, matrix: Matrix) -> Matrix:
        """Return what is known of rows without their months before, `(n_rows, n_past)`."""
        bits = pack((matrix[:, at] == 1 for at in self._products), len(matrix))
        owned = Ownership(self._panel.products, bits[:, None], np.ones((len(matrix), 1), dtype=np.bool_))
        entities = np.arange(len(matrix))
        lags, memory = self._panel.lags, self._panel.memory
        told = history(owned, entities, np.zeros_like(entities), lags, memory=memory).astype(np.float32)
        told[told == UNKNOWN] = np.nan
        told[np.isnan(matrix[:, self._month])] = np.nan  # as of a record that was kept without its month
        return told

    def _lacks_its_month(self, record: Mapping[str, Any]) -> bool:
        try:
            return math.isnan(self._readers[self._panel.month](record.get(self._panel.month)))
        except RefusedValueError:
            return False

    def _impossible(self, values: list[float]) -> list[tuple[int, str]]:
        month, last = values[self._month], _last_day()
        found = [(self._month, _LATER.format(self._text(self._month, month)))] if month > last else []
        if self._since is not None and values[self._since] > month:
            name, day = self._panel.month, self._text(self._month, month)
            found.append((self._since, _BEFORE.format(self._text(self._since, values[self._since]), day, name)))
        return found

    def _text(self, at: int, day: float) -> str:
        return date_text(day, self._columns[at].date_format)


def _last_day() -> int:
    """Return the last day of the present month: a row of a later one is of the future."""
    now = utc_now()
    first_of_next = now.replace(year=now.year + now.month // 12, month=now.month % 12 + 1, day=1)
    return day_of(first_of_next.date()) - 1
