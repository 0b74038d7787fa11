"""What the service refuses, read from its problem documents (RFC 9457) into errors."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from keepfit.errors import AnswerError, ClientError, RefusedError, ServiceAwayError, TokenError, Violation

_SHOWN_CHARACTERS = 300
_TOKEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class _Violation(msgspec.Struct):
    field: str = ""
    message: str = ""
    row: int | None = None


class _Problem(msgspec.Struct):
    title: str = ""
    detail: str = ""
    violations: list[_Violation] = []


def refusal(status: int, content: bytes, *, where: str, first: int = 0) -> ClientError:
    """Return the error that an answer other than 200 stands for.

    Parameters
    ----------
    status, content
        Of the answer.
    where
        Address of the request.
    first
        Place of the request's first record among all: violations name their rows by it.
    """
    problem = _problem(content)
    said = f"the answer is {status} {_words(problem, content, first)}".rstrip(" :")
    facts: dict[str, Any] = {"where": where, "status": status}
    if status in _TOKEN:
        return TokenError(said, hint="set KEEPFIT_API_TOKEN, or give `token`", **facts)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status > HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServiceAwayError(said, hint="try again later", **facts)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return AnswerError(said, hint="the service's log says more", **facts)
    if status < HTTPStatus.BAD_REQUEST:
        return AnswerError(said, hint="check the address: http or https?", **facts)
    violations = [Violation(one.field, one.message, _shifted(one.row, first)) for one in problem.violations]
    more = len(violations) - 1
    hint = f"and {more} more" if more > 0 else ""
    if status == HTTPStatus.NOT_FOUND:
        hint = "check the address; of several projects each is below its own name"
    return RefusedError(said, hint=hint, violations=violations, **facts)


def _problem(content: bytes) -> _Problem:
    try:
        return msgspec.json.decode(content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Problem()


def _words(problem: _Problem, content: bytes, first: int) -> str:
    """Return the title and the first violation, or the beginning of whatever came."""
    if not problem.title:
        return content[:_SHOWN_CHARACTERS].decode(errors="replace").strip()
    if not problem.violations:
        return f"{problem.title}: {problem.detail[:_SHOWN_CHARACTERS]}"
    one = problem.violations[0]
    row = "" if one.row is None else f"row {one.row + first}"
    place = ", ".join(part for part in (row, one.field) if part)
    return f"{problem.title}: {f'{place}: ' if place else ''}{one.message[:_SHOWN_CHARACTERS]}"


def _shifted(row: int | None, first: int) -> int | None:
    return None if row is None else row + first
