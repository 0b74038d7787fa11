"""The calendar's parts of a day number, by whole-number arithmetic alone: of numpy's arrays as of ONNX nodes.

References
----------
Hinnant, H. (2013). chrono-Compatible Low-Level Date Algorithms, `civil_from_days`.
https://howardhinnant.github.io/date_algorithms.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

Whole = Any  # adds, subtracts, multiplies and divides, rounding down, by an int and by its own kind
_BEFORE_1970 = 719_468  # days from 0000-03-01, where the count begins: so no date of a calendar from year 1 is below 0
_ERA = 146_097  # days of 400 years, after which the calendar repeats


class CivilDate:
    """The date of days since 1970-01-01, in the proleptic Gregorian calendar.

    Years begin in March here, so that a leap day is a year's last; each part is worked out on first use.

    Parameters
    ----------
    days
        Whole numbers, from 0001-01-01 on. Since they are counted from before it, nothing is below 0 and it does not
        matter which way a division rounds.
    """

    def __init__(self, days: Whole) -> None:
        self._count = days + _BEFORE_1970

    @cached_property
    def _era(self) -> Whole:
        return self._count // _ERA

    @cached_property
    def _year_of_era(self) -> Whole:
        day = self._count - self._era * _ERA
        return (day - day // 1460 + day // 36_524 - day // 146_096) // 365

    @cached_property
    def _day_of_year(self) -> Whole:
        year = self._year_of_era
        return self._count - self._era * _ERA - (year * 365 + year // 4 - year // 100)

    @cached_property
    def _month_from_march(self) -> Whole:
        return (self._day_of_year * 5 + 2) // 153

    @cached_property
    def _is_before_march(self) -> Whole:
        return self._month_from_march // 10

    @cached_property
    def year(self) -> Whole:
        """The year."""
        return self._year_of_era + self._era * 400 + self._is_before_march

    @cached_property
    def month(self) -> Whole:
        """The month, from 1."""
        return self._month_from_march + 3 - self._is_before_march * 12

    @cached_property
    def quarter(self) -> Whole:
        """The quarter, from 1."""
        return (self.month + 2) // 3

    @cached_property
    def day(self) -> Whole:
        """The day of the month, from 1."""
        return self._day_of_year - (self._month_from_march * 153 + 2) // 5 + 1

    @cached_property
    def weekday(self) -> Whole:
        """The day of the week: Monday is 0."""
        since_monday = self._count + 2
        return since_monday - since_monday // 7 * 7

    @cached_property
    def day_of_year(self) -> Whole:
        """The day of the year, from 1."""
        before = self.year - 1
        return self._count - 305 - (before * 365 + before // 4 - before // 100 + before // 400)

    @cached_property
    def is_month_end(self) -> Whole:
        """1 for the last day of its month, else 0."""
        next_day = CivilDate(self._count - (_BEFORE_1970 - 1)).day
        return (next_day + 29) // 31 * -1 + 1


PARTS: dict[str, Callable[[CivilDate], Whole]] = {
    "year": lambda date: date.year,
    "quarter": lambda date: date.quarter,
    "month": lambda date: date.month,
    "day": lambda date: date.day,
    "weekday": lambda date: date.weekday,
    "day_of_year": lambda date: date.day_of_year,
    "is_month_end": lambda date: date.is_month_end,
}
