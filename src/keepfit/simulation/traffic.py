"""Requests over HTTP: one customer each, several at once, answers in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import urllib3

from keepfit.errors import ServiceError

OnProgress = Callable[[int], None]
_TIMEOUT = urllib3.Timeout(connect=5.0, read=30.0)
_LABELS_A_REQUEST = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """The service's answer to one customer."""

    id: str
    model_version: str
    probability: float
    decision: str


def send(
    customers: Sequence[dict[str, Any]], *, url: str, concurrency: int, on_progress: OnProgress | None = None
) -> list[Answer]:
    """Send each customer in a request of its own, and return the answers in the customers' order.

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
        When nothing answers there, or a customer is refused.
    """
    answers: list[Answer] = []
    with _client(url, concurrency) as client, ThreadPoolExecutor(concurrency) as pool:
        for answer in pool.map(lambda customer: Answer(**_post(client, url, "/api/prediction", customer)), customers):
            answers.append(answer)
            if on_progress:
                on_progress(len(answers))
    return answers


def report_labels(labels: Sequence[tuple[str, str]], *, url: str, on_progress: OnProgress | None = None) -> int:
    """Report labels by prediction id, and return how many found their prediction.

    Raises
    ------
    ServiceError
        When nothing answers there, or a label is refused.
    """
    matched = 0
    with _client(url, 1) as client:
        for begin in range(0, len(labels), _LABELS_A_REQUEST):
            part = labels[begin : begin + _LABELS_A_REQUEST]
            body = [{"prediction_id": prediction, "label": label} for prediction, label in part]
            matched += _post(client, url, "/api/labels", body)["matched"]
            if on_progress:
                on_progress(begin + len(part))
    return matched


def _client(url: str, connections: int) -> urllib3.HTTPConnectionPool:
    return urllib3.connection_from_url(url, maxsize=connections, block=True, timeout=_TIMEOUT, retries=False)


def _post(client: urllib3.HTTPConnectionPool, url: str, path: str, body: Any) -> Any:
    try:
        answer = client.request("POST", path, json=body)
    except urllib3.exceptions.HTTPError as error:
        raise ServiceError(
            f"nothing answers there ({error})", where=url, hint="start it with `keepfit serve`"
        ) from error
    if answer.status != HTTPStatus.OK:
        raise ServiceError(f"answered {answer.status}: {_said(answer)}", where=f"{url}{path}")
    return answer.json()


def _said(answer: urllib3.BaseHTTPResponse) -> str:
    """Return a problem document's words, or the beginning of whatever came."""
    if "json" not in answer.headers.get("content-type", ""):
        return answer.data[:200].decode(errors="replace")
    body = answer.json()
    return str(body.get("detail", body)) if isinstance(body, dict) else str(body)
