"""The parts of an operation as the API describes it, and what each status says."""

from __future__ import annotations

from typing import Any

from keepfit.serving.openapi_columns import Schema
from keepfit.serving.problems import MEDIA_TYPE

_REFUSALS = {
    400: "What came cannot be read.",
    401: "A token is asked for: see the security schemes.",
    403: "What is asked for is switched off; or a page of another site asks for what is journalled.",
    404: "This version does not answer.",
    408: "The request did not come within ten seconds.",
    409: "The champion that was named cannot answer, and the one before goes on; nothing was answered yet; or the "
    "champion's bundle has no profile, or is no recommender's.",
    413: "Too many rows, or too many bytes.",
    415: "The content type is not JSON, or the body is compressed.",
    421: "The Host header names another service.",
    422: "Values that are not acceptable, by field.",
    429: "Ten wrong tokens in a minute.",
    431: "The head is longer than 64 KiB.",
    501: "This service cannot go back.",
    503: "The journal cannot take it: try again.",
    504: "The champion is still being loaded.",
}
ANY = (400, 408, 421, 431)
TOKEN = (401, 429)
BODY = (413, 415, 422, 503)


def get(summary: str, answer: Schema, statuses: tuple[int, ...] = ()) -> Schema:
    """Return a path that is read."""
    return {"get": operation_of(summary, {"application/json": {"schema": answer}}, statuses)}


def post(summary: str, body: Schema, answer: Schema, example: Any, statuses: tuple[int, ...]) -> Schema:
    """Return an operation that takes a body."""
    operation = operation_of(summary, {"application/json": {"schema": answer}}, statuses)
    content = {"application/json": {"schema": body, "example": example}}
    return {**operation, "requestBody": {"required": True, "content": content}}


def operation_of(summary: str, content: Schema, statuses: tuple[int, ...] = ()) -> Schema:
    """Return an operation, of what it answers and when it refuses."""
    answered = {"200": {"description": "Answered.", "content": content}}
    security: Schema = {"security": [{}, {"api": []}]} if set(TOKEN) & set(statuses) else {}
    return {"summary": summary, **security, "responses": {**answered, **problems((*ANY, *statuses))}}


def problems(statuses: tuple[int, ...]) -> dict[str, Schema]:
    """Return the answers of some statuses that refuse."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        str(status): {"description": _REFUSALS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in sorted(statuses)
    }


def tagged(operation: Schema, tag: str) -> Schema:
    """Return an operation with its place in the list."""
    operation["tags"] = [tag]
    return operation
