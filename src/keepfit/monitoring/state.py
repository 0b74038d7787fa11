"""The states that a verdict knows: the service shows them, and has no library for more."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """How things stand."""

    OK = "ok"
    WARN = "warn"
    ALARM = "alarm"
    INSUFFICIENT = "insufficient"
