"""Ids of predictions: UUIDv7, time-ordered.

References
----------
RFC 9562, section 5.7, and section 6.2 method 1: a counter within the millisecond keeps them in order.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

_LAST_OF_COUNTER = 0xFFF
_DRAWN = 256  # ids whose randomness is drawn at once
_WITH_VARIANT = {digit: "89ab"[int(digit, 16) & 0b11] for digit in "0123456789abcdef"}


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class PredictionIds:
    """Makes ids that ascend within a process, even inside one millisecond and when the clock steps back.

    Makers in other threads and processes never meet: 62 bits of each id are the operating system's randomness. One
    maker is not thread-safe: one event loop, one maker.

    Parameters
    ----------
    milliseconds
        The clock: milliseconds since the epoch.
    """

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds = milliseconds
        self._last = -1
        self._counter = 0
        self._head = ""
        self._random: list[str] = []

    def __call__(self) -> str:
        """Return the next id."""
        now = self._milliseconds()
        if now > self._last:
            self._begin(now)
        elif self._counter == _LAST_OF_COUNTER:  # a full millisecond borrows from the next
            self._begin(self._last + 1)
        else:
            self._counter += 1
        if not self._random:
            drawn = os.urandom(_DRAWN * 8).hex()  # each call asks the operating system
            self._random = [drawn[at : at + 16] for at in range(0, len(drawn), 16)]
        random = self._random.pop()
        return f"{self._head}{self._counter:03x}-{_WITH_VARIANT[random[0]]}{random[1:4]}-{random[4:]}"

    def _begin(self, millisecond: int) -> None:
        """Enter a millisecond: its 48 bits and the version are the same for all ids in it."""
        self._last, self._counter = millisecond, 0
        digits = f"{millisecond:012x}"
        self._head = f"{digits[:8]}-{digits[8:]}-7"
