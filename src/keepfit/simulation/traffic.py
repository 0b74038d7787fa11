"""Requests over HTTP: one customer each, several at once, answers in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
import urllib3

from keepfit.errors import ServiceError

OnProgress = Callable[[int], None]
_Content = TypeVar("_Content")
_TIMEOUT = urllib3.Timeout(connect=5.0, read=30.0)
_HEADERS = {"content-type": "application/json", "accept": "application/json"}
_LABELS_A_REQUEST = 500
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """The service's answer to one customer.

    Attributes
    ----------
    id
        Names the prediction when its label is reported.
    model_version
        Who answered.
    probability
        Of the positive class, from 0 to 1.
    decision
        One of the outcome's two labels.
    """

    id: str
    model_version: str
    probability: float
    decision: str


class _Matched(msgspec.Struct):
    matched: int


def send(
    customers: Sequence[dict[str, Any]], *, url: str, concurrency: int, on_progress: OnProgress | None = None
) -> list[Answer]:
    """Send each customer in a request of its own, and return the answers in the customers' order.

    A request is never sent twice: the service would journal it twice.

    Parameters
    ----------
    customers
        Records of raw columns.
    url
        Address of the service.
    concurrency
        Requests under way at once.
    on_progress
        Told how many are answered.

    Raises
    ------
    ServiceError
        When nothing answers there, or a customer is refused; the customers after it are not sent any more.
    """
    answers: list[Answer] = []
    with _Service(url, concurrency) as service, ThreadPoolExecutor(concurrency) as pool:

        def answer(number: int) -> Answer:
            customer = customers[number]
            return service.post("/api/prediction", customer, Answer, subject=f"customer {number + 1}")

        for one in pool.map(answer, range(len(customers))):
            answers.append(one)
            if on_progress:
                on_progress(len(answers))
    return answers


def report_labels(labels: Sequence[tuple[str, str]], *, url: str, on_progress: OnProgress | None = None) -> int:
    """Report labels by prediction id, and return how many found their prediction.

    Parameters
    ----------
    labels
        Prediction id and label, each.
    url
        Address of the service.
    on_progress
        Told how many are reported.

    Raises
    ------
    ServiceError
        When nothing answers there, or a label is refused; the requests before it have been recorded.
    """
    matched = 0
    with _Service(url, 1) as service:
        for begin in range(0, len(labels), _LABELS_A_REQUEST):
            part = labels[begin : begin + _LABELS_A_REQUEST]
            body = [{"prediction_id": prediction, "label": label} for prediction, label in part]
            subject = f"labels {begin + 1} to {begin + len(part)}"
            matched += service.post("/api/labels", body, _Matched, subject=subject).matched
            if on_progress:
                on_progress(begin + len(part))
    return matched


class _Service:
    """Connections to the service that are kept open from request to request; safe to share between threads."""

    def __init__(self, url: str, connections: int) -> None:
        self._url = url.rstrip("/")
        try:
            parsed = urllib3.util.parse_url(self._url)
        except urllib3.exceptions.LocationParseError as error:
            raise _no_address(url) from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise _no_address(url)
        self._path = parsed.path or ""
        self._pool = urllib3.connection_from_url(self._url, maxsize=connections, block=True, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.close()

    def post(self, path: str, body: Any, expected: type[_Content], *, subject: str) -> _Content:
        """Send a body and return the answer's content as the expected type."""
        where = f"{self._url}{path}"
        try:
            answer = self._pool.urlopen(
                "POST", self._path + path, msgspec.json.encode(body), _HEADERS, retries=False, redirect=False
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            said = str(error).rsplit(": ", 1)[-1]
            raise ServiceError(
                f"nothing answers there ({said})", where=self._url, hint="start it with `keepfit serve`"
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise ServiceError(
                f"{subject}: no answer came ({error})", where=where, hint="see the service's log, then send again"
            ) from error
        if answer.status != HTTPStatus.OK:
            raise ServiceError(f"{subject}: the answer is {answer.status} {_said(answer)}", where=where)
        try:
            return msgspec.json.decode(answer.data, type=expected)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ServiceError(
                f"{subject}: the answer is not one of Keepfit ({error})", where=where, hint="check the address"
            ) from error


def _no_address(url: str) -> ServiceError:
    return ServiceError(
        f'"{url}" is not the address of a service', where="url", hint="for example http://127.0.0.1:8000"
    )


def _said(answer: urllib3.BaseHTTPResponse) -> str:
    """Return a problem document's words, its first violation ahead of all; or the beginning of whatever came."""
    try:
        body = msgspec.json.decode(answer.data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        return answer.data[:_SHOWN_CHARACTERS].decode(errors="replace").strip()
    title, violations = body.get("title", ""), body.get("violations")
    if not isinstance(violations, list) or not violations or not isinstance(violations[0], dict):
        return f"{title}: {body.get('detail', '')}".strip(": ")
    field, message = violations[0].get("field"), violations[0].get("message")
    more = len(violations) - 1
    return f"{title}: {f'{field}: ' if field else ''}{message}" + (f"; and {more} more" if more else "")
