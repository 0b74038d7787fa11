"""The time, in one place: UTC, passed in where a test or a simulation must repeat exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_LENGTH = len("2026-01-31")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return a moment as ISO 8601 with milliseconds and Z, as every file and answer of Keepfit writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_moment(text: str, *, ends: bool = False) -> datetime:
    """Return the moment that an ISO 8601 text says; without an offset it is UTC.

    Parameters
    ----------
    text
        `2026-01-31`, `2026-01-31T10:00`, `2026-01-31T10:00:00+01:00`.
    ends
        Whether a day alone is its last moment instead of its first.

    Raises
    ------
    ValueError
        When it is none, or in UTC is not of the years 1 to 9999.
    """
    said = datetime.fromisoformat(text.strip())
    if ends and len(text.strip()) <= _DAY_LENGTH:
        said += timedelta(days=1) - _MICROSECOND
    try:
        return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text.strip()} is not of the years 1 to 9999 in UTC") from error


def stamp_exactly(moment: datetime) -> str:
    """Return a moment as ISO 8601 with microseconds and Z: what is given back so means the same moment."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def microseconds(moment: datetime) -> int:
    """Return a moment as microseconds since 1970, exactly: what a database keeps."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the moment that so many microseconds after 1970 are, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)
