"""Connections that cannot hold the service up: a request has a deadline and its head a limit, an answer must be taken.

uvicorn waits for ever for the rest of a request, and keeps whatever headers come.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from keepfit.serving.problems import MEDIA_TYPE

_REQUEST_SECONDS = 10.0
_ANSWER_SECONDS = 30.0
_MAX_HEAD_BYTES = 64 * 1024
_TICKS_A_SWEEP = 10  # uvicorn ticks ten times a second


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over httptools, with a deadline for each request and a limit for its head."""

    def connection_made(self, transport: Any) -> None:
        """Begin: the first request must come whole in time."""
        super().connection_made(transport)
        self.deadline: float | None = time.monotonic() + _REQUEST_SECONDS
        self._head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head grows beyond its limit."""
        super().data_received(data)
        if self._head_bytes >= 0:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES and not self.transport.is_closing():
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"more than {_MAX_HEAD_BYTES} bytes of head")

    def on_message_begin(self) -> None:
        """Start the clock of a request."""
        super().on_message_begin()
        self.deadline = time.monotonic() + _REQUEST_SECONDS
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """End the count of the head."""
        self._head_bytes = -1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop the clock: the request is whole."""
        self.deadline = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Start the clock of an answer that is not taken."""
        self.deadline = time.monotonic() + _ANSWER_SECONDS
        super().pause_writing()

    def resume_writing(self) -> None:
        """Stop the clock: the answer is taken."""
        self.deadline = None
        super().resume_writing()

    def end_overdue(self) -> None:
        """Close the connection; who sends too slowly is told so."""
        self.deadline = None
        is_answering = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if is_answering:
            self.transport.abort()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"the request did not come within {_REQUEST_SECONDS:g} seconds")

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        problem = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
        body = msgspec.json.encode(problem)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class GuardedServer(uvicorn.Server):
    """uvicorn's server, that looks once a second for connections whose time is over, and for its parent.

    Parameters
    ----------
    config
        uvicorn's.
    on_ready
        Called when requests are answered.
    """

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._parent = os.getppid()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Do what uvicorn does, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Do what uvicorn does, and end what is overdue; a worker whose parent was killed ends too."""
        if counter % _TICKS_A_SWEEP == 0:
            end_overdue(self.server_state.connections, time.monotonic())
            if multiprocessing.parent_process() is not None and os.getppid() != self._parent:
                return True
        return await super().on_tick(counter)


def end_overdue(connections: Iterable[Any], now: float) -> None:
    """End the connections whose deadline has passed."""
    for connection in list(connections):
        if isinstance(connection, GuardedProtocol) and connection.deadline is not None and connection.deadline < now:
            connection.end_overdue()
