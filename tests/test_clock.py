"""The time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.clock import microseconds, moment, read_moment, stamp, stamp_exactly, utc_now

BEYOND = ("0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00")


def test_now_is_aware_and_utc():
    """The present moment carries its zone."""
    assert utc_now().utcoffset() == timedelta(0)


def test_a_stamp_is_utc_with_milliseconds():
    """Any zone is told in UTC."""
    moment = datetime(2026, 11, 21, 9, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(moment) == "2026-11-21T07:30:00.123Z"
    assert stamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-31", "2026-01-31T00:00:00.000000Z", "2026-01-31T23:59:59.999999Z"),
        (" 20260131 ", "2026-01-31T00:00:00.000000Z", "2026-01-31T23:59:59.999999Z"),
        ("2026-01-31T10:00", "2026-01-31T10:00:00.000000Z", "2026-01-31T10:00:00.000000Z"),
        ("2026-01-31 10:00:01.25", "2026-01-31T10:00:01.250000Z", "2026-01-31T10:00:01.250000Z"),
        ("2026-01-31T10:00+01:00", "2026-01-31T09:00:00.000000Z", "2026-01-31T09:00:00.000000Z"),
        ("2026-01-31T10:00Z", "2026-01-31T10:00:00.000000Z", "2026-01-31T10:00:00.000000Z"),
    ],
)
def test_a_moment_is_read(text, first, last):
    """Without a zone it is UTC; a day alone is its first moment, or its last."""
    assert stamp_exactly(read_moment(text)) == first
    assert stamp_exactly(read_moment(text, ends=True)) == last


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "31.01.2026", *BEYOND])
def test_what_is_no_moment_is_told(text):
    """Whoever asks says what was expected."""
    with pytest.raises(ValueError, match=r"isoformat|month|is not of the years 1 to 9999 in UTC"):
        read_moment(text)


@given(st.datetimes(timezones=st.timezones(), allow_imaginary=False))
def test_microseconds_lose_nothing(at):
    """A database's number is the moment again, of any zone and before 1970 too."""
    assert moment(microseconds(at)) == at.astimezone(UTC)
