"""From the numbers of the door back to the words of their columns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from keepfit.date_text import date_text
from keepfit.signature import Column, Kind


def word(column: Column, code: float) -> Any:
    """Return what a number of the door stands for, as a request would say it.

    None for a missing value, and for a category outside of the vocabulary: what it was is not in its code.

    Parameters
    ----------
    column
        Whose number it is.
    code
        The number, as float32 holds it.

    Examples
    --------
    >>> word(Column("Home", Kind.CATEGORY, categories=("rent", "owner")), 1.0)
    'owner'
    >>> word(Column("since", Kind.DATE, format="%d-%m-%Y"), 16919.0)
    '28-04-2016'
    """
    if math.isnan(code):
        return None
    if column.kind is Kind.CATEGORY:
        return column.categories[int(code)] if int(code) < len(column.categories) else None
    if column.kind is Kind.FLAG:
        return bool(code)
    if column.kind is Kind.DATE:
        return date_text(code, column.date_format)
    return int(code) if column.kind is Kind.INTEGER else float(str(np.float32(code)))
