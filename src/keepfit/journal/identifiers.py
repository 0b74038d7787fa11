"""Ids of predictions: UUIDv7, time-ordered.

References
----------
RFC 9562, section 5.7, and section 6.2 method 1: a counter within the millisecond keeps them in order.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

_COUNTER_BITS = 12
_RANDOM_BITS = 62
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class PredictionIds:
    """Makes ids that ascend within a process, even inside one millisecond and when the clock steps back.

    Not thread-safe: one event loop, one maker.

    Parameters
    ----------
    milliseconds
        The clock: milliseconds since the epoch.
    """

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds = milliseconds
        self._last = 0
        self._counter = 0

    def __call__(self) -> str:
        """Return the next id."""
        now = self._milliseconds()
        if now > self._last:
            self._last, self._counter = now, 0
        else:
            self._counter += 1
            if self._counter >> _COUNTER_BITS:
                self._last, self._counter = self._last + 1, 0
        random = int.from_bytes(os.urandom(8), "big") >> (64 - _RANDOM_BITS)
        text = f"{self._last << 80 | _VERSION | self._counter << 64 | _VARIANT | random:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
