"""One request on the short way and its answer, in the place of uvicorn's own cycle on a connection."""

from __future__ import annotations

from typing import ClassVar

from keepfit.serving.front import Short


class _Nobody:
    """Whom uvicorn wakes when something comes for a request: on the short way nobody sleeps."""

    def set(self) -> None:
        """Wake nobody."""


class ShortExchange:
    """What a connection keeps of a request until it is answered; uvicorn's protocol looks at it as at its cycle.

    Parameters
    ----------
    asked
        The request.
    """

    message_event: ClassVar[_Nobody] = _Nobody()
    __slots__ = ("asked", "body", "disconnected", "keep_alive", "response_complete", "response_started")

    def __init__(self, asked: Short) -> None:
        self.asked = asked
        self.body = b""
        self.disconnected = False
        self.keep_alive = True
        self.response_started = False
        self.response_complete = False
