"""One request on the short way and its answer, in the place of uvicorn's own cycle on a connection."""

from __future__ import annotations

from typing import ClassVar

from keepfit.serving.front import ShortRequest


class _Nobody:
    """Whom uvicorn wakes when something comes for a request: on the short way nobody sleeps."""

    def set(self) -> None:
        """Wake nobody."""


class ShortExchange:
    """What a connection keeps of a request until it is answered; uvicorn's protocol looks at it as at its cycle.

    Parameters
    ----------
    request
        The request.
    """

    message_event: ClassVar[_Nobody] = _Nobody()
    __slots__ = ("body", "disconnected", "keep_alive", "request", "response_complete", "response_started")

    def __init__(self, request: ShortRequest) -> None:
        self.request = request
        self.body = b""
        self.disconnected = False
        self.keep_alive = True
        self.response_started = False
        self.response_complete = False
