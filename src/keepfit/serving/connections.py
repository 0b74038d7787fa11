"""Connections that cannot hold the service up: a request has a deadline and its head a limit, an answer must be taken.

uvicorn waits for ever for the rest of a request, and keeps whatever headers come. Here is also where a plain prediction
leaves uvicorn's way: it is answered on the connection itself, with no task and no messages in between (ADR 11).
"""

from __future__ import annotations

import time
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from keepfit.serving.front import Front
from keepfit.serving.problems import MEDIA_TYPE
from keepfit.serving.short_exchange import ShortExchange
from keepfit.serving.short_way import Reply, header_lines, refusal

_REQUEST_SECONDS = 10.0
_ANSWER_SECONDS = 30.0
_MAX_HEAD_BYTES = 64 * 1024
_UPGRADE = (b"upgrade", b"http2-settings")


class _Nowhere(list[Any]):
    """Headers after a body, which nobody reads: they are not kept."""

    def append(self, _: Any) -> None:
        """Forget it."""


class _Wire:
    """A transport that forgets what is written after its end: callers go when they like."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._is_closing = transport.is_closing
        self._write = transport.write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write, as long as somebody is there."""
        if not self._is_closing():
            self._write(data)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over httptools, with deadlines, a limit for all that is no body, and refusals in our words."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._short = self.app.short if isinstance(self.app, Front) else None
        self._exchange: ShortExchange | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin: the first request must come whole in time."""
        super().connection_made(_Wire(transport))  # type: ignore[arg-type]  # of its methods, all are there
        self._request_deadline: float | None = time.monotonic() + _REQUEST_SECONDS
        self._answer_deadline: float | None = None
        self._is_in_head = self._is_in_body = False
        self._since_progress = 0

    @property
    def deadline(self) -> float | None:
        """When the connection is overdue, None while nothing is waited for."""
        return min((one for one in (self._request_deadline, self._answer_deadline) if one is not None), default=None)

    def data_received(self, data: bytes) -> None:
        """Read on, unless a head, or what stands between and after the parts of a body, grows beyond its limit."""
        self._unset_keepalive_if_required()
        self._since_progress += len(data)
        while data:
            data = self._read(data)
        if self._since_progress > _MAX_HEAD_BYTES and (self._is_in_head or self._is_in_body):
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"more than {_MAX_HEAD_BYTES} bytes of head")

    def on_message_begin(self) -> None:
        """Start the clock of a request."""
        super().on_message_begin()
        self._request_deadline = time.monotonic() + _REQUEST_SECONDS
        self._is_in_head, self._is_in_body = True, False
        self._since_progress = 0

    def on_headers_complete(self) -> None:
        """Begin to answer; a request that wants another protocol begins once more, without that wish."""
        if self.parser.should_upgrade():
            return
        self._exchange = self._short_exchange()
        if self._exchange is None:
            self._begin_cycle()  # which may find the request's address wrong: it is in its head yet
        else:
            self.cycle = self._exchange  # type: ignore[assignment]  # it is what uvicorn needs of a cycle
        self._is_in_head, self._is_in_body = False, True
        self._since_progress = 0

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._since_progress = 0
        if self._exchange is None:
            super().on_body(body)
        else:
            self._exchange.body += body

    def on_message_complete(self) -> None:
        """Stop the clock: the request is whole."""
        if self.parser.should_upgrade():
            return
        self._request_deadline = None
        self._is_in_body = False
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            if self._is_taken(exchange):
                return
            self.cycle = None  # type: ignore[assignment]  # as before a first request
            self._begin_cycle()
            self.cycle.keep_alive &= exchange.keep_alive  # the service may have been told to stop meanwhile
            super().on_body(exchange.body)
        super().on_message_complete()

    def _begin_cycle(self) -> None:
        """Let uvicorn begin; what comes after a body is for nobody."""
        super().on_headers_complete()
        self.headers = _Nowhere()

    def _short_exchange(self) -> ShortExchange | None:
        """Return the beginning of an exchange on the short way, None for a request that goes the long one."""
        is_busy = self.cycle is not None and not self.cycle.response_complete
        if self._short is None or is_busy or self.expect_100_continue or self.flow.write_paused:
            return None
        request = self._short(self.url, self.headers) if self.parser.get_method() == b"POST" else None
        if request is None or self.parser.get_http_version() != "1.1" or not self.parser.should_keep_alive():
            return None
        return ShortExchange(request)

    def _is_taken(self, exchange: ShortExchange) -> bool:
        """Hand a request over, and say whether the short way takes it."""
        request = exchange.request
        try:
            return request.way.take(exchange.body, request.entity, partial(self._reply, exchange))
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            self._reply(exchange, refusal(error))
            return True

    def _reply(self, exchange: ShortExchange, reply: Reply) -> None:
        """Write the answer to a request of the short way, as uvicorn would, and let the next one come."""
        exchange.response_started = exchange.response_complete = True
        try:
            exchange.request.count(reply.status)
            if not exchange.disconnected:
                self._write(exchange, reply)
        finally:
            self.on_response_complete()

    def _write(self, exchange: ShortExchange, reply: Reply) -> None:
        date = header_lines(self.server_state.default_headers)
        close = b"" if exchange.keep_alive else b"connection: close\r\n"
        told = _status_line(reply.status), date, reply.headers, len(reply.body), exchange.request.id, close, reply.body
        self.transport.write(b"%b%b%bcontent-length: %d\r\nx-request-id: %b\r\n%b\r\n%b" % told)
        if not exchange.keep_alive:
            self.transport.close()

    def pause_writing(self) -> None:
        """Start the clock of an answer that is not taken."""
        self._answer_deadline = time.monotonic() + _ANSWER_SECONDS
        super().pause_writing()

    def resume_writing(self) -> None:
        """Stop the clock: the answer is taken."""
        self._answer_deadline = None
        super().resume_writing()

    def end_overdue(self) -> None:
        """Close the connection; who sends too slowly is told so."""
        if self._answer_deadline is not None and self._answer_deadline == self.deadline:
            self._request_deadline = self._answer_deadline = None
            self.transport.abort()
        else:
            self._request_deadline = None
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"the request did not come within {_REQUEST_SECONDS:g} seconds")

    def _read(self, data: bytes) -> bytes:
        """Let the parser read, and return what it has to read again."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST, "what came is no HTTP request")
        return b""

    def _without_upgrade(self, rest: bytes) -> bytes:
        """Return a request that does not offer another protocol, as HTTP allows; the parser would lose its body."""
        method, version = self.parser.get_method(), self.parser.get_http_version()
        if method == b"CONNECT":
            self._refuse(HTTPStatus.BAD_REQUEST, "this is no proxy")
            return b""
        self.parser = httptools.HttpRequestParser(self)
        named = [(name, _other_wishes(value) if name == b"connection" else value) for name, value in self.headers]
        head = b"".join(b"%b: %b\r\n" % line for line in named if line[0] not in _UPGRADE)
        return b"%b %b HTTP/%b\r\n%b\r\n%b" % (method, self.url, version.encode(), head, rest)

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Tell what is wrong, and close; a request before this one gets its own answer, or none, but never this."""
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete and not self._is_in_body:
            self.cycle.keep_alive = False  # it came whole: the connection ends with its answer
            return
        if self._is_in_body and (self.pipeline or self.cycle.response_started):
            self.transport.close()
            return
        problem = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
        body = msgspec.json.encode(problem)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


@lru_cache(maxsize=100)
def _status_line(status: int) -> bytes:
    return b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode())


def _other_wishes(connection: bytes) -> bytes:
    """Return a `Connection` header without its wish for another protocol."""
    named = (one.strip() for one in connection.split(b","))
    return b", ".join(one for one in named if one.lower() not in _UPGRADE)
