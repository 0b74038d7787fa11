"""Waiting for what is so by and by in other processes: asked again and again, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

_PAUSE_SECONDS = 0.02  # two cores are shared with what is waited for


def until(is_so: Callable[[], object], what: str | Callable[[], str], seconds: float = 20) -> None:
    """Wait until something is so; say what was waited for when it does not come in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} seconds: {what if isinstance(what, str) else what()}")
        time.sleep(_PAUSE_SECONDS)
