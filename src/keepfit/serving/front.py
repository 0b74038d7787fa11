"""What every request meets first, whichever way it goes on: its id, the gate, the count of its answer.

Behind it are two ways, the short one for plain predictions and the framework for everything else. What a framework's
middleware would do is done here, once for both.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.serving.gate import Gate
from keepfit.serving.hot_path import HotPath
from keepfit.serving.problems import told

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
    hot
        The short way, None for routes that have none.
    """

    metrics: ServiceMetrics
    route: str
    path: str
    hot: HotPath | None = None


class _Head(NamedTuple):
    """The headers that are looked at; empty for those that did not come."""

    host: bytes
    content_type: bytes
    authorization: bytes
    request_id: bytes
    content_encoding: bytes


def _head(scope: Scope) -> _Head:
    host = content_type = authorization = request_id = content_encoding = b""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"content-type":
            content_type = value
        elif name == b"authorization":
            authorization = value
        elif name == b"x-request-id":
            request_id = value
        elif name == b"content-encoding":
            content_encoding = value
    return _Head(host, content_type, authorization, request_id, content_encoding)


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
    """

    def __init__(self, app: ASGIApp, places: Mapping[str, Place], elsewhere: ServiceMetrics, gate: Gate) -> None:
        self._app = app
        self._places = places
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
        head = _head(scope)
        is_given = bool(head.request_id) and _GIVEN_ID.fullmatch(head.request_id) is not None
        request_id = head.request_id if is_given else self._new_id()
        status = 0

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            await send(message)

        try:
            self._gate.check(place.path, head.host, head.authorization, (scope.get("client") or ("",))[0])
            further: Receive | None = receive
            if place.hot is not None and scope["method"] == "POST" and not head.content_encoding:
                further = await place.hot(scope, receive, sent, head.content_type)
            if further is not None:
                await self._app(scope, further, sent)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            if status == 0:
                await told(error)(scope, receive, sent)
            else:  # it has one, or a part of one
                _log.exception("request %s to %s failed", request_id.decode(), place.route)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            place.metrics.count_request(place.route, method, status, time.perf_counter() - started)

    def _new_id(self) -> bytes:
        self._count += 1
        return f"{self._prefix}-{self._count:x}".encode()
