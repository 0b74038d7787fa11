"""A signature that grows with what journal rows show: wider ranges, more categories, the same codes as before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from keepfit.datasets.schema import LARGEST_VOCABULARY
from keepfit.date_text import date_reader
from keepfit.missing_text import meanings, missing_numbers, missing_words
from keepfit.number_text import BLANKS, text_number
from keepfit.signature import Column, Kind, Signature, label_text


def extend_signature(signature: Signature, records: Sequence[Mapping[str, Any]]) -> Signature:
    """Return the signature after these records have been learnt too.

    A new category is added behind the known ones, in sorted order, so that codes keep their meaning; the most frequent
    ones, where there are more than a vocabulary holds.
    """
    return replace(signature, columns=tuple(_extended(column, records) for column in signature.columns))


def _extended(column: Column, records: Sequence[Mapping[str, Any]]) -> Column:
    sent = [value for value in (record.get(column.name) for record in records) if not _is_nothing(value)]
    if column.kind is Kind.CATEGORY:
        counts = Counter(_meant_texts(column, sent))
        new = [text for text, _ in counts.most_common() if text not in column.categories]
        room = max(LARGEST_VOCABULARY - len(column.categories), 0)
        return replace(column, categories=(*column.categories, *sorted(new[:room])))
    values: list[float] = []
    if column.kind.is_ordered:
        values = list(_meant_days(column, sent) if column.kind is Kind.DATE else _meant_numbers(column, sent))
    if not values:
        return column
    known = [edge for edge in (column.minimum, column.maximum) if edge is not None]
    return replace(column, minimum=float(min(*values, *known)), maximum=float(max(*values, *known)))


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _meant_texts(column: Column, sent: Iterable[Any]) -> Iterator[str]:
    """Yield the categories that values stand for, without the missing ones."""
    stands_for = meanings(column.missing_values, dict(column.spellings))
    numbers = missing_numbers(column.missing_values)
    for value in sent:
        text = label_text(value)
        meant = stands_for.get(text, text)
        if meant is not None and (isinstance(value, (bool, str)) or value not in numbers):
            yield meant


def _meant_numbers(column: Column, sent: Iterable[Any]) -> Iterator[float]:
    """Yield the numbers that values stand for, without the missing ones; a text that holds a number is that number."""
    words, numbers = missing_words(column.missing_values), missing_numbers(column.missing_values)
    for value in sent:
        found = value
        if isinstance(value, str):
            text = value.strip(BLANKS)
            found = None if text in words else text_number(text)
        if found is not None and found not in numbers:
            yield found


def _meant_days(column: Column, sent: Iterable[Any]) -> Iterator[int]:
    """Yield the days that texts say, without the missing ones."""
    read, stands_for = date_reader(column.date_format), meanings(column.missing_values, dict(column.spellings))
    for value in sent:
        meant = stands_for.get(str(value), str(value))
        day = None if meant is None else read(meant)
        if day is not None:
            yield day
