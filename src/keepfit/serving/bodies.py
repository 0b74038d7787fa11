"""Reading a request's body: bounded in size, JSON only, each key once; its time is bounded by `connections.py`."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request

from keepfit.serving.problems import RequestProblemError

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
        415 for another content type or a compressed body, 413 over the limit, 400 when it is not JSON, or has a key
        twice.
    """
    kind = request.headers.get("content-type", "missing").split(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise RequestProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the content type is {kind[:60]}; send application/json"
        )
    if (coding := request.headers.get("content-encoding", "identity").lower()) != "identity":
        said = f"the content encoding is {coding[:60]}; send the body as it is"
        raise RequestProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, said)
    try:
        body = await _read(request, limit)
    except ClientDisconnect as error:
        raise RequestProblemError(HTTPStatus.BAD_REQUEST, "the body ended early") from error
    try:
        content = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestProblemError(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error
    if body.count(b":") != _count_keys(content):  # a text holds a colon, or a key came twice
        _require_single_keys(body)
    return content


def _count_keys(content: Any) -> int:
    """Return the number of keys of all objects inside."""
    count, waiting = 0, [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            count += len(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count


def _require_single_keys(body: bytes) -> None:
    """Refuse an object that has a key twice: which of the two was meant is nobody's guess."""

    def single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise RequestProblemError(HTTPStatus.BAD_REQUEST, f'the body has the key "{name[:60]}" twice')
            found[name] = value
        return found

    try:
        json.loads(body, object_pairs_hook=single)
    except RecursionError as error:
        raise RequestProblemError(HTTPStatus.BAD_REQUEST, "the body is nested too deep") from error


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
