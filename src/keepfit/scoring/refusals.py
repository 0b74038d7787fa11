"""Why the rows of a table are refused, in the words of the service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl

from keepfit.date_text import date_text, day_of
from keepfit.scoring.panel_rules import PanelRules
from keepfit.scoring.values import RefusedValueError, expected, holds_numbers, shown, value_encoder
from keepfit.signature import Kind, Signature, label_text

REFUSAL_SCHEMA = {"row": pl.Int64(), "field": pl.String(), "reason": pl.String()}
_COMPARED = 100


class RefusedValue(NamedTuple):
    """A value of a table that its column does not take.

    Attributes
    ----------
    row
        From 0.
    at
        The column's place in the signature.
    value
        As a request would bring it.
    """

    row: int
    at: int
    value: Any


class Refusals:
    """Tells why values are refused.

    The nearest word of a vocabulary is looked for only for the first hundred different values of a column: it takes
    much longer than to score a row, and a table may have nothing but such values.

    Parameters
    ----------
    signature
        What the values were held to.
    """

    def __init__(self, signature: Signature) -> None:
        self._columns = signature.columns
        self._rules = None if signature.offers is None else PanelRules(signature, signature.offers)
        self._encoders = [value_encoder(column, signature) for column in signature.columns]
        self._compared: list[dict[Any, str]] = [{} for _ in signature.columns]

    def table(self, refused: Iterable[RefusedValue]) -> pl.DataFrame:
        """Return a line for each value, along `REFUSAL_SCHEMA`; of one batch after the other, in their order."""
        told = [(row, self._columns[at].name, self._reason(at, value)) for row, at, value in refused]
        return pl.DataFrame(told, schema=REFUSAL_SCHEMA, orient="row")

    def _reason(self, at: int, value: Any) -> str:
        column, compared = self._columns[at], self._compared[at]
        if column.kind is not Kind.CATEGORY or not (isinstance(value, str) or holds_numbers(column)):
            return self._told(at, value)
        if value not in compared:
            if len(compared) == _COMPARED and value is not None:
                return f"{shown(label_text(value))} is not in the vocabulary"
            compared[value] = self._told(at, value)
        return compared[value]

    def _told(self, at: int, value: Any) -> str:
        if self._columns[at].kind is Kind.DATE and isinstance(value, dt.date):  # which a panel's rules alone refuse
            value = date_text(day_of(value), self._columns[at].date_format)
        try:
            self._encoders[at](value)
        except RefusedValueError as refused:
            return str(refused)
        if self._rules is not None and self._rules.judges(at):
            return self._rules.reason(at, value)
        return f"expected {expected(self._columns[at])}, found {shown(value)}"  # a type that no request has
