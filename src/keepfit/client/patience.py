"""How long to wait before a request is sent again."""

from __future__ import annotations

_FIRST_SECONDS = 0.2
_LONGEST_SECONDS = 10.0
_MANY = 30  # attempts after which the wait does not grow in any case


def waiting_seconds(attempt: int, asked_seconds: float | None, chance: float) -> float | None:
    """Return how long to wait after a failed attempt; None when that would be too long to wait at all.

    Twice as long after each attempt, and never all clients at once: the wait is shortened by up to a half. A service
    that asks for a time is given that time, and up to a half more.

    Parameters
    ----------
    attempt
        Its number, from 0.
    asked_seconds
        What the service asks for; None when it does not.
    chance
        A number from 0 to 1, drawn.

    Examples
    --------
    >>> [waiting_seconds(attempt, None, 1.0) for attempt in range(3)]
    [0.2, 0.4, 0.8]
    >>> waiting_seconds(0, 2.0, 0.5)
    2.5
    >>> waiting_seconds(0, 60.0, 0.5) is None
    True
    """
    if asked_seconds is None:
        return min(_FIRST_SECONDS * 2.0 ** min(attempt, _MANY), _LONGEST_SECONDS) * (0.5 + 0.5 * chance)
    return asked_seconds * (1 + 0.5 * chance) if asked_seconds <= _LONGEST_SECONDS else None
