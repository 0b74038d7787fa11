"""A signature that grows with what journal rows show: wider ranges, more categories, the same codes as before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from keepfit.datasets.schema import LARGEST_VOCABULARY
from keepfit.number_text import BLANKS, missing_numbers, missing_words, text_number
from keepfit.signature import Column, Kind, Signature, label_text


def extend_signature(signature: Signature, records: Sequence[Mapping[str, Any]]) -> Signature:
    """Return the signature after these records have been learnt too.

    A new category is added behind the known ones, in sorted order, so that codes keep their meaning; the most frequent
    ones, where there are more than a vocabulary holds.
    """
    return replace(signature, columns=tuple(_extended(column, records) for column in signature.columns))


def _extended(column: Column, records: Sequence[Mapping[str, Any]]) -> Column:
    values = list(_meant_values(column, (record.get(column.name) for record in records)))
    if not values:
        return column
    if column.kind is Kind.CATEGORY:
        spellings = dict(column.spellings)
        counts = Counter(spellings.get(text, text) for text in map(label_text, values))
        new = [text for text, _ in counts.most_common() if text not in column.categories]
        room = max(LARGEST_VOCABULARY - len(column.categories), 0)
        return replace(column, categories=(*column.categories, *sorted(new[:room])))
    if column.kind.is_numeric:
        known = [edge for edge in (column.minimum, column.maximum) if edge is not None]
        return replace(column, minimum=float(min(*values, *known)), maximum=float(max(*values, *known)))
    return column


def _meant_values(column: Column, sent: Iterable[Any]) -> Iterator[Any]:
    """Yield what values stand for, without the missing ones; a text that holds a number is that number."""
    words = missing_words(column.missing_values) if column.is_written_as_text else frozenset(column.missing_values)
    numbers = missing_numbers(column.missing_values) if column.is_written_as_text else frozenset()
    for value in sent:
        found = value
        if column.is_written_as_text and isinstance(value, str):
            text = value.strip(BLANKS)
            found = None if text in words else text_number(text)
        if found is None or (isinstance(found, float) and math.isnan(found)):
            continue
        if label_text(found) not in words and found not in numbers:
            yield found
