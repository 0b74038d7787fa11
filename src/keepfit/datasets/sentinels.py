"""Values that look like a word for missing: `unknown`, or a -1 among values that are never negative."""

from __future__ import annotations

import polars as pl

from keepfit.datasets.numbers import holds_texts, stripped
from keepfit.missing_text import SUSPECTED_NUMBERS, SUSPECTED_WORDS

_LEAST_SHARE = 0.002  # of the rows that have a number


def sentinels(known: pl.Series, counts: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    """Return the values that may stand for a missing one, each with its rows.

    Parameters
    ----------
    known
        The values of a column, without missing ones.
    counts
        The different ones and how often each occurs: two columns.
    """
    values, rows = counts.to_series(0), counts.to_series(1)
    if holds_texts(known.dtype):
        is_word = stripped(values).str.to_lowercase().is_in(list(SUSPECTED_WORDS))
        return tuple(sorted((str(value), int(count)) for value, count in counts.filter(is_word).iter_rows()))
    if not known.dtype.is_numeric() or not known.len():
        return ()
    numbers = values.cast(pl.Float64)
    suspected = numbers.is_in([float(number) for number in SUSPECTED_NUMBERS])
    others = known.cast(pl.Float64)
    others = others.filter(~others.is_in([float(number) for number in SUSPECTED_NUMBERS]))
    found = dict(zip(numbers.filter(suspected).to_list(), rows.filter(suspected).to_list(), strict=True))
    return tuple(
        (str(number), int(found[number]))
        for number in SUSPECTED_NUMBERS
        if found.get(number, 0) >= _LEAST_SHARE * known.len() and _stands_apart(float(number), others)
    )


def _stands_apart(value: float, others: pl.Series) -> bool:
    """Whether a number is outermost and far from the others, as -1 is among values that are never below 0."""
    if not others.len():
        return False
    low, high = float(others.min() or 0.0), float(others.max() or 0.0)  # type: ignore[arg-type]
    if value < 0:
        return low >= 0
    spread = float(others.quantile(0.75) or 0.0) - float(others.quantile(0.25) or 0.0)
    return value > high + max(3 * spread, 1.0) and value > 2 * high
