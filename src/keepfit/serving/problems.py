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

from keepfit.errors import BundleError, JournalError, KeepfitError, RecordError

MEDIA_TYPE = "application/problem+json"
STATUSES: dict[type[KeepfitError], HTTPStatus] = {
    RecordError: HTTPStatus.UNPROCESSABLE_ENTITY,
    JournalError: HTTPStatus.SERVICE_UNAVAILABLE,
    BundleError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_SHOWN_VIOLATIONS = 100
_log = logging.getLogger(__name__)
_RETRY_AFTER_SECONDS = "1"


class RequestProblemError(Exception):
    """A request that is refused before its records are looked at."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        self.status = status
        self.detail = detail
        super().__init__(detail)


def problem(status: HTTPStatus, detail: str, **members: Any) -> Response:
    """Return a problem document."""
    content = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, **members}
    headers = {"Retry-After": _RETRY_AFTER_SECONDS} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return Response(msgspec.json.encode(content), int(status), headers, MEDIA_TYPE)


async def tell_keepfit_error(_: Request, error: Exception) -> Response:
    """Answer an expected failure."""
    assert isinstance(error, KeepfitError)  # noqa: S101 - registered for this class only
    if isinstance(error, RecordError):
        return _tell_violations(error)
    status = STATUSES.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    _log.error("%s", error)  # the caller is not told where our files are
    return problem(status, f"{error.what}; {error.hint}" if error.hint else error.what)


async def tell_request_problem(_: Request, error: Exception) -> Response:
    """Answer a request that could not be read."""
    assert isinstance(error, RequestProblemError)  # noqa: S101 - as above
    return problem(error.status, error.detail)


async def tell_http_exception(_: Request, error: Exception) -> Response:
    """Answer what the framework refused: an unknown path, a wrong method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    return problem(HTTPStatus(error.status_code), str(error.detail))


async def tell_fault(_: Request, __: Exception) -> Response:
    """Answer our own mistake without telling its inside; the log has the traceback."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed; its log says more")


def _tell_violations(error: RecordError) -> Response:
    shown = [
        {name: value for name, value in asdict(violation).items() if value is not None}
        for violation in error.violations[:_SHOWN_VIOLATIONS]
    ]
    count = len(error.violations)
    detail = f"{count} {'value is' if count == 1 else 'values are'} not acceptable: {error}"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, violations=shown)
