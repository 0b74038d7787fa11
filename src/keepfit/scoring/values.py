"""From a value of a record to a number, or to the reason why it is refused: one encoder per column.

A table's columns are encoded by `keepfit.scoring.columns`, by the same rules.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from keepfit.date_text import date_reader, date_text
from keepfit.errors import nearest
from keepfit.missing_text import meanings, missing_numbers, missing_words
from keepfit.number_text import BLANKS, text_number
from keepfit.signature import Column, Kind, Signature, label_text

Encoder = Callable[[Any], float]
LARGEST = float(np.finfo(np.float32).max)
_ANY_DAY = 16919.0  # 2016-04-28
_NUMBERS = (int, float)
_PLAIN = (*_NUMBERS, bool)


class RefusedValueError(ValueError):
    """A value that its column does not take; the text says what was found and what is accepted.

    Parameters
    ----------
    said
        What was found.
    hint
        Says what is accepted; asked only when somebody reads it, since the nearest of many words takes a while.
    """

    def __init__(self, said: str, hint: Callable[[], str] | None = None) -> None:
        self.said = said
        self._hint = hint
        super().__init__(said)

    def __str__(self) -> str:
        """Join what was found and what is accepted."""
        return self.said if self._hint is None else f"{self.said}; {self._hint()}"


def value_encoder(column: Column, signature: Signature) -> Encoder:
    """Return the function that encodes one value of a column."""
    if column.kind is Kind.CATEGORY:
        return _category_encoder(column, accepts_unseen=signature.accepts_unseen)
    if column.kind is Kind.FLAG:
        return _flag_encoder(column)
    if column.kind is Kind.DATE:
        return _date_encoder(column)
    return _text_number_encoder(column) if column.is_written_as_text else _number_encoder(column)


def _category_encoder(column: Column, *, accepts_unseen: bool) -> Encoder:
    codes: dict[str, float | None] = {category: float(code) for code, category in enumerate(column.categories)}
    unseen = float(len(codes)) if accepts_unseen else None
    takes_numbers = holds_numbers(column)
    stands_for = meanings(column.missing_values, dict(column.spellings))
    codes |= {text: codes.get(word, unseen) for text, word in stands_for.items() if word is not None}
    missing = frozenset(text for text, word in stands_for.items() if word is None)
    numbers = missing_numbers(column.missing_values)

    def category(value: Any) -> float:
        if value.__class__ is not str:
            if value.__class__ in _NUMBERS and value in numbers:
                return _missing(None, column)
            if value.__class__ not in _PLAIN:
                return _missing(value, column)
            text = label_text(value)
            is_known = text in codes or text in missing
            if not is_known and not (takes_numbers and value.__class__ in _NUMBERS and abs(value) < math.inf):
                return _missing(value, column)
            value = text
        if value in missing:
            return _missing(None, column)
        code = codes.get(value, unseen)
        if code is None:
            said = f"{shown(value)} is not in the vocabulary"
            raise RefusedValueError(said, partial(nearest, value, column.categories))
        return code

    return category


def holds_numbers(column: Column) -> bool:
    """Whether the vocabulary of a category is of numbers: then numbers are taken, and 1 stands for "1"."""
    return bool(column.categories) and all(is_number(category) for category in column.categories)


def is_number(text: str) -> bool:
    """Whether a text says a finite number to Python."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _flag_encoder(column: Column) -> Encoder:
    def flag(value: Any) -> float:
        return float(value) if value is True or value is False else _missing(value, column)

    return flag


def _date_encoder(column: Column) -> Encoder:
    read = date_reader(column.date_format)
    stands_for = meanings(column.missing_values, dict(column.spellings))

    def day(value: Any) -> float:
        text = str(value) if value.__class__ is int else value  # as in 20160428, of which a table makes a number
        if text.__class__ is not str:
            return _missing(value, column)
        text = stands_for.get(text, text)
        if text is None or not text.strip(BLANKS):
            return _missing(None, column)
        found = read(text)
        return _missing(value, column) if found is None else float(found)

    return day


def range_of(column: Column) -> tuple[float, float] | None:
    """Return the ends that a number must keep to, or is taken to; None where it need not."""
    if (
        column.out_of_range == "accept"
        or not column.kind.is_numeric
        or column.minimum is None
        or column.maximum is None
    ):
        return None
    return column.minimum, column.maximum


def _number_encoder(column: Column) -> Encoder:
    free = _free_number_encoder(column)
    ends = range_of(column)
    if ends is None:
        return free
    low, high = ends
    clips = column.out_of_range == "clip"

    def in_range(value: Any) -> float:
        found = free(value)
        if found < low or found > high:  # NaN is neither
            if not clips:
                raise RefusedValueError(f"{shown(value)} is out of range; expected {low:g} to {high:g}")
            return low if found < low else high
        return found

    return in_range


def _free_number_encoder(column: Column) -> Encoder:
    whole = column.kind is Kind.INTEGER
    missing = missing_numbers(column.missing_values)

    def number(value: Any) -> float:
        if missing and value.__class__ in _NUMBERS and value in missing:
            return _missing(None, column)
        if value.__class__ is int or (value.__class__ is float and (not whole or value.is_integer())):
            if -LARGEST <= value <= LARGEST:
                return float(value)
            if value == value:  # noqa: PLR0124 - only NaN differs from itself
                raise RefusedValueError(f"{shown(value)} is too large; expected a finite number that float32 can hold")
        return _missing(value, column)

    return number


def _text_number_encoder(column: Column) -> Encoder:
    number = _number_encoder(column)
    words = missing_words(column.missing_values)

    def from_text(value: Any) -> float:
        if value.__class__ is not str:
            return number(value)
        text = value.strip(BLANKS)
        if text in words:
            return _missing(None, column)
        found = text_number(text)
        return _missing(value, column) if found is None else number(found)

    return from_text


def _missing(value: Any, column: Column) -> float:
    """Return NaN for null and NaN where the column may be missing; refuse everything else."""
    if value is None or (value.__class__ is float and math.isnan(value)):
        if column.optional:
            return math.nan
        raise RefusedValueError(f"is missing; expected {expected(column)}")
    raise RefusedValueError(f"expected {expected(column)}, found {shown(value)}")


def expected(column: Column) -> str:
    """Return what a column takes, in words."""
    if column.kind is Kind.CATEGORY:
        listed = ", ".join(column.categories[:8]) + (", …" if len(column.categories) > 8 else "")  # noqa: PLR2004
        return f"one of {listed}"
    if column.kind is Kind.DATE:
        day = _ANY_DAY if column.minimum is None else column.minimum
        return f"a date such as {date_text(day, column.date_format)} ({column.date_format})"
    return {Kind.INTEGER: "a whole number", Kind.NUMBER: "a number", Kind.FLAG: "true or false"}[column.kind]


def shown(value: Any) -> str:
    """Return a value as a message shows it, cut where it is long."""
    try:
        text = repr(value) if not isinstance(value, str) else f'"{value}"'
    except RecursionError:
        text = "a value that is nested too deep"
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - a line of a terminal
