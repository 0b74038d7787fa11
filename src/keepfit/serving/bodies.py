"""Reading a request's body: bounded in size and time, JSON only."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request

from keepfit.serving.problems import RequestProblemError

_DEADLINE_SECONDS = 10.0
_decoder = msgspec.json.Decoder()


async def read_json(request: Request, *, limit: int) -> Any:
    """Return the decoded body.

    Parameters
    ----------
    request
        Its content type must be JSON: so no page of another site can send one unasked.
    limit
        Size of the body, in bytes.

    Raises
    ------
    RequestProblemError
        415 for another content type, 413 over the limit, 408 when the body does not come in ten seconds, 400 when it
        is not JSON.
    """
    kind = request.headers.get("content-type", "missing").split(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise RequestProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the content type is {kind}; send application/json"
        )
    try:
        body = await asyncio.wait_for(_read(request, limit), _DEADLINE_SECONDS)
    except TimeoutError as error:
        said = f"the body did not come within {_DEADLINE_SECONDS:g} seconds"
        raise RequestProblemError(HTTPStatus.REQUEST_TIMEOUT, said) from error
    except ClientDisconnect as error:
        raise RequestProblemError(HTTPStatus.BAD_REQUEST, "the body ended early") from error
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestProblemError(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error


async def _read(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise RequestProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body is larger than {limit} bytes; send fewer rows at once",
            )
        parts.append(part)
    return b"".join(parts)
