"""The time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from keepfit.clock import stamp, utc_now


def test_now_is_aware_and_utc():
    """The present moment carries its zone."""
    assert utc_now().utcoffset() == timedelta(0)


def test_a_stamp_is_utc_with_milliseconds():
    """Any zone is told in UTC."""
    moment = datetime(2026, 11, 21, 9, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(moment) == "2026-11-21T07:30:00.123Z"
    assert stamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"
