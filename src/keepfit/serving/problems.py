"""Errors as the API tells them: problem documents (RFC 9457), one status for each family."""

from __future__ import annotations

import logging
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from keepfit.errors import (
    BundleError,
    JournalError,
    KeepfitError,
    PipelineAwayError,
    PromotionConflictError,
    RecordError,
    RegistryError,
)

MEDIA_TYPE = "application/problem+json"
STATUSES: dict[type[KeepfitError], HTTPStatus] = {
    RecordError: HTTPStatus.UNPROCESSABLE_ENTITY,
    JournalError: HTTPStatus.SERVICE_UNAVAILABLE,
    BundleError: HTTPStatus.SERVICE_UNAVAILABLE,
    PipelineAwayError: HTTPStatus.SERVICE_UNAVAILABLE,
    RegistryError: HTTPStatus.CONFLICT,
    PromotionConflictError: HTTPStatus.CONFLICT,
}
_SHOWN_VIOLATIONS = 100
_log = logging.getLogger(__name__)
_HEADERS = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "1"},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "60"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
}


class RequestProblemError(Exception):
    """A request that is refused before its records are looked at."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        self.status = status
        self.detail = detail
        super().__init__(detail)


def problem(status: HTTPStatus, detail: str, **members: Any) -> Response:
    """Return a problem document."""
    content = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, **members}
    return Response(msgspec.json.encode(content), int(status), _HEADERS.get(status), MEDIA_TYPE)


def told(error: Exception) -> Response:
    """Return the answer to a request that ended in an error, whichever way it went."""
    if isinstance(error, RecordError):
        return _tell_violations(error)
    if isinstance(error, RequestProblemError):
        return problem(error.status, error.detail)
    if isinstance(error, HTTPException):  # what the framework refused: an unknown path, a wrong method
        answer = problem(HTTPStatus(error.status_code), str(error.detail))
        answer.headers.update(error.headers or {})  # which methods there are
        return answer
    if isinstance(error, KeepfitError):
        status = STATUSES.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
        _log.error("%s", error)  # the caller is not told where our files are
        return problem(status, f"{error.what}; {error.hint}" if error.hint else error.what)
    _log.error("a request failed", exc_info=error)  # our own mistake: its inside is for the log
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed; its log says more")


async def tell(_: Request, error: Exception) -> Response:
    """Answer an error in the framework's way."""
    return told(error)


def _tell_violations(error: RecordError) -> Response:
    shown = [
        {name: value for name, value in asdict(violation).items() if value is not None}
        for violation in error.violations[:_SHOWN_VIOLATIONS]
    ]
    count = len(error.violations)
    detail = f"{count} {'value is' if count == 1 else 'values are'} not acceptable: {error}"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, violations=shown)
