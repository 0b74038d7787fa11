"""Numbers of a database's column counted in bins, by the database itself: the queries, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, Subquery, case, cast, false, func, literal, null, or_, select
from sqlalchemy.sql import FromClause, Select

_REFUSED = -1  # the bin of what the column does not take


@dataclass(frozen=True, slots=True)
class NumberRules:
    """What a column of numbers takes, and what becomes of it.

    Attributes
    ----------
    ends
        Inner ends of the bins, ascending: bin i holds values above end i-1 up to and including end i.
    least, greatest
        Between these a value must lie.
    whole
        Whether it must be a whole number.
    missing
        Numbers that mean: no value.
    clip
        The ends that a value beyond them is taken to; None where it stays what it is.
    """

    ends: Sequence[float]
    least: float
    greatest: float
    whole: bool = False
    missing: Sequence[float] = ()
    clip: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class BinnedNumbers:
    """Numbers by bin.

    Attributes
    ----------
    counts, sums
        Of each bin, one more than there are ends.
    squares
        Sum of the squared values.
    missing
        Rows without a value.
    minimum, maximum
        None where there is no value.
    refused
        Rows with a value that the column does not take.
    example
        One of those.
    """

    counts: tuple[int, ...]
    sums: tuple[float, ...]
    squares: float
    missing: int
    minimum: float | None
    maximum: float | None
    refused: int
    example: float | None


def bins_query(table: FromClause, name: str, rules: NumberRules, *, knows_nan: bool) -> Select[Any]:
    """Return the query of a column's bins: count, sum, sum of squares, least, greatest, and an example of each."""
    rows = binned_rows(table, name, rules, knows_nan=knows_nan)
    value = rows.c.value
    told = func.count(), func.sum(value), func.sum(value * value), func.min(value), func.max(value)
    return select(rows.c.bin, *told, func.min(rows.c.given)).group_by(rows.c.bin)


def binned_rows(
    table: FromClause, name: str, rules: NumberRules, *, knows_nan: bool, beside: str | None = None
) -> Subquery:
    """Return each row's number as `given` and as it counts, `value`, with its `bin`: null where it is missing.

    Parameters
    ----------
    table, name
        The column's.
    rules
        What it takes.
    knows_nan
        Whether the database stores NaN: as a number that equals itself, and is missing.
    beside
        Another column that is kept, as `label`.
    """
    number = cast(table.c[name], Double)
    absent = [table.c[name].is_(None), *(number == one for one in rules.missing)]
    if knows_nan:
        absent.append(number == cast(literal("NaN"), Double))
    given = case((or_(*absent), null()), else_=number).label("given")
    inner = select(given, *([] if beside is None else [table.c[beside].label("label")]))
    rows = inner.offset(0).subquery()  # a database works out what it does not merge with the rest once for each row
    wrong = _wrong(rows.c.given, rules)
    value = case((wrong, null()), else_=_clipped(rows.c.given, rules)).label("value")
    valued = select(*rows.c, value).offset(0).subquery()
    place = _place(valued.c.value, rules.ends, 0, len(rules.ends))
    is_refused = valued.c.value.is_(None)
    bins = case((valued.c.given.is_(None), null()), (is_refused, literal(_REFUSED)), else_=place).label("bin")
    return select(*valued.c, bins).offset(0).subquery()


def binned_numbers(found: Iterable[Sequence[Any]], bins: int) -> BinnedNumbers:
    """Return what the query of a column's bins has found."""
    counts, sums, squares = [0] * bins, [0.0] * bins, 0.0
    lows: list[float] = []
    highs: list[float] = []
    missing, refused, example = 0, 0, None
    for place, count, total, squared, low, high, given in found:
        if place is None:
            missing = count
        elif place == _REFUSED:
            refused, example = count, given
        else:
            counts[place], sums[place] = count, total
            squares += squared
            lows.append(low)
            highs.append(high)
    least, greatest = min(lows, default=None), max(highs, default=None)
    return BinnedNumbers(tuple(counts), tuple(sums), squares, missing, least, greatest, refused, example)


def _place(value: ColumnElement[float], ends: Sequence[float], first: int, last: int) -> ColumnElement[int]:
    """Return the place of a value among the bins from one to another, found by halves: eight comparisons, not 160."""
    if first == last:
        return literal(first)
    middle = (first + last) // 2
    lower, upper = _place(value, ends, first, middle), _place(value, ends, middle + 1, last)
    return case((value <= ends[middle], lower), else_=upper)


def _wrong(value: ColumnElement[float], rules: NumberRules) -> ColumnElement[bool]:
    is_broken = value != func.round(value) if rules.whole else false()
    return or_(value < rules.least, value > rules.greatest, is_broken)


def _clipped(value: ColumnElement[float], rules: NumberRules) -> ColumnElement[float]:
    if rules.clip is None:
        return value
    low, high = rules.clip
    return case((value < low, literal(low, Double)), (value > high, literal(high, Double)), else_=value)
