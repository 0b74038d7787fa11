"""A signature that grows with what journal rows show: wider ranges, more categories, the same codes as before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from keepfit.datasets.schema import LARGEST_VOCABULARY
from keepfit.signature import Column, Kind, Signature, label_text


def extend_signature(signature: Signature, records: Sequence[Mapping[str, Any]]) -> Signature:
    """Return the signature after these records have been learnt too.

    A new category is added behind the known ones, in sorted order, so that codes keep their meaning; the most frequent
    ones, where there are more than a vocabulary holds.
    """
    return replace(signature, columns=tuple(_extended(column, records) for column in signature.columns))


def _extended(column: Column, records: Sequence[Mapping[str, Any]]) -> Column:
    found = (record.get(column.name) for record in records)
    values: list[Any] = [value for value in found if not _is_missing(value, column)]
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


def _is_missing(value: object, column: Column) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return label_text(value) in column.missing_values
