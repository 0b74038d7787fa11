"""What every request meets first, whichever way it goes on: its id, the gate, the count of its answer.

Behind it are two ways. The short one, for plain predictions, leaves from the wire: a connection asks `Front.short`
before it hands a request to the application. Everything else comes to the application, and goes on to the framework.
What a framework's middleware would do is done here, for both.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.serving.gate import Gate
from keepfit.serving.problems import told
from keepfit.serving.short_way import Headers, ShortWay

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_GIVEN_ID = re.compile(rb"[A-Za-z0-9_.:-]{1,64}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path belongs.

    Attributes
    ----------
    metrics
        Of the project.
    route
        What it is counted as.
    path
        The path below the project's prefix.
    further
        Headers of an answer that went well, beside the usual ones.
    """

    metrics: ServiceMetrics
    route: str
    path: str
    further: Headers = ()


@dataclass(frozen=True, slots=True)
class ShortRequest:
    """A request that may go the short way.

    Attributes
    ----------
    way
        Who may take it.
    entity
        Whom its query names, empty for nobody.
    id
        Of the request.
    began
        When it was met, by `time.perf_counter`.
    """

    way: ShortWay
    entity: str
    id: bytes
    began: float

    def count(self, status: int) -> None:
        """Count its answer."""
        self.way.metrics.count_request(self.way.route, "POST", status, time.perf_counter() - self.began)


class _Head(NamedTuple):
    """The headers that are looked at, the first of each as for the framework; empty for those that did not come."""

    host: bytes
    content_type: bytes
    content_length: bytes
    authorization: bytes
    request_id: bytes
    content_encoding: bytes


def _head(headers: Iterable[tuple[bytes, bytes]]) -> _Head:
    host = content_type = content_length = authorization = request_id = content_encoding = b""
    for name, value in headers:
        if name == b"host":
            host = host or value
        elif name == b"content-type":
            content_type = content_type or value
        elif name == b"content-length":
            content_length = content_length or value
        elif name == b"authorization":
            authorization = authorization or value
        elif name == b"x-request-id":
            request_id = request_id or value
        elif name == b"content-encoding":
            content_encoding = content_encoding or value
    return _Head(host, content_type, content_length, authorization, request_id, content_encoding)


class Front:
    """The outermost application.

    Parameters
    ----------
    app
        The framework's application.
    places
        Every path that there is.
    elsewhere
        Metrics for all other paths.
    gate
        Who may ask.
    ways
        The short ways, by their paths as they stand in a request.
    """

    def __init__(
        self,
        app: ASGIApp,
        places: Mapping[str, Place],
        elsewhere: ServiceMetrics,
        gate: Gate,
        ways: Mapping[bytes, ShortWay],
    ) -> None:
        self._app = app
        self._places = places
        self._ways = ways
        self._elsewhere = elsewhere
        self._gate = gate
        self._prefix = os.urandom(6).hex()
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        path: str = scope["path"]
        place = self._places.get(path) or Place(self._elsewhere, "other", path)
        head = _head(scope["headers"])
        request_id = self._id(head.request_id)
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                further = place.further if status == HTTPStatus.OK else ()
                message["headers"] = [*message.get("headers", ()), *further, (b"x-request-id", request_id)]
            await send(message)

        try:
            self._gate.check(place.path, head.host, head.authorization, (scope.get("client") or ("",))[0])
            await self._app(scope, receive, sent)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            if status == 0:
                await told(error)(scope, receive, sent)
            else:  # it has one, or a part of one
                _log.exception("request %s to %s failed", request_id.decode(), place.route)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            place.metrics.count_request(place.route, method, status, time.perf_counter() - started)

    def short(self, url: bytes, headers: Iterable[tuple[bytes, bytes]]) -> ShortRequest | None:
        """Return a POST request as one for the short way, None when it is for the application.

        Parameters
        ----------
        url, headers
            Of the request, as they came; the headers' names in small letters.
        """
        path, _, query = url.partition(b"?")
        way = self._ways.get(path)
        if way is None:
            return None
        began = time.perf_counter()
        head, entity = _head(headers), way.entity(query)
        if entity is None or head.content_encoding or not way.may_take(head.content_type, head.content_length):
            return None
        if not self._gate.lets_pass(head.host, head.authorization):
            return None
        return ShortRequest(way, entity, self._id(head.request_id), began)

    def _id(self, given: bytes) -> bytes:
        """Return a request's id: the one that it brought, or a new one."""
        if given and _GIVEN_ID.fullmatch(given):
            return given
        self._count += 1
        return f"{self._prefix}-{self._count:x}".encode()
