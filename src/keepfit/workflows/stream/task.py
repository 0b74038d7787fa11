"""What is asked of a stream."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StreamTask:
    """What is asked.

    Attributes
    ----------
    source
        A file, a folder, `journal` or `-`; None for the declared one.
    is_followed
        Whether more is waited for when the source has no more.
    restarts
        Whether what was learnt is forgotten first.
    pace_seconds
        How long to wait after each batch; None for what is declared.
    metrics_port
        Where the metrics are; None for what is declared.
    stop
        Set when it is to end after the batch that it is at.
    say
        Told, in a sentence each, what a person should know at once.
    """

    source: str | None = None
    is_followed: bool = False
    restarts: bool = False
    pace_seconds: float | None = None
    metrics_port: int | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    say: Callable[[str], None] = lambda _: None
