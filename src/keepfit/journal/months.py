"""Calendar months in UTC, and the ids of predictions that were made in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from keepfit.clock import microseconds, moment
from keepfit.errors import JournalError

_IN_A_YEAR = 12
_PREFIX = 48  # bits of a UUIDv7 that are its milliseconds


class Month(NamedTuple):
    """A calendar month, in UTC."""

    year: int
    number: int

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=UTC)

    @property
    def next(self) -> Month:
        """The month after."""
        return Month(self.year + self.number // _IN_A_YEAR, self.number % _IN_A_YEAR + 1)

    def before(self, months: int) -> Month:
        """Return the month so many months earlier."""
        at = self.year * _IN_A_YEAR + self.number - 1 - months
        return Month(at // _IN_A_YEAR, at % _IN_A_YEAR + 1)

    @property
    def first_id(self) -> str:
        """What no id of the month is before, and every earlier id is."""
        return first_id_at(self.begin)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def month_at(at: datetime) -> Month:
    """Return the month of a moment."""
    here = at.astimezone(UTC)
    return Month(here.year, here.month)


def month_of_id(prediction_id: str) -> Month:
    """Return the month in which an id was made.

    Raises
    ------
    JournalError
        When it is no UUIDv7.
    """
    try:
        milliseconds = int(prediction_id[:8] + prediction_id[9:13], 16)
    except ValueError as error:
        raise JournalError(f'"{prediction_id[:60]}" is no UUIDv7', hint="ids are made by `PredictionIds`") from error
    return month_at(moment(milliseconds * 1000))


def first_id_at(at: datetime) -> str:
    """Return what no id is before that was made at a moment or later."""
    digits = f"{microseconds(at) // 1000:0{_PREFIX // 4}x}"
    return f"{digits[:8]}-{digits[8:]}"
