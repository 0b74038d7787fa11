"""Requests over HTTP: one customer each, several at once, answers in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from keepfit.errors import ServiceError

OnProgress = Callable[[int], None]
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
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
    return asyncio.run(_send(customers, url, concurrency, on_progress))


def report_labels(labels: Sequence[tuple[str, str]], *, url: str, on_progress: OnProgress | None = None) -> int:
    """Report labels by prediction id, and return how many found their prediction.

    Raises
    ------
    ServiceError
        When nothing answers there, or a label is refused.
    """
    return asyncio.run(_report(labels, url, on_progress))


async def _send(
    customers: Sequence[dict[str, Any]], url: str, concurrency: int, on_progress: OnProgress | None
) -> list[Answer]:
    answers: list[Answer | None] = [None] * len(customers)
    waiting = iter(range(len(customers)))
    done = 0

    async def work(client: httpx.AsyncClient) -> None:
        nonlocal done
        for at in waiting:
            body = await _post(client, "/api/prediction", customers[at])
            answers[at] = Answer(**body)
            done += 1
            if on_progress:
                on_progress(done)

    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT) as client:
        await _all(work(client) for _ in range(concurrency))
    return [answer for answer in answers if answer is not None]


async def _all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all at once; the first that fails ends the others and is told alone."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _report(labels: Sequence[tuple[str, str]], url: str, on_progress: OnProgress | None) -> int:
    matched = 0
    async with httpx.AsyncClient(base_url=url, timeout=_TIMEOUT) as client:
        for begin in range(0, len(labels), _LABELS_A_REQUEST):
            part = labels[begin : begin + _LABELS_A_REQUEST]
            body = [{"prediction_id": prediction, "label": label} for prediction, label in part]
            matched += (await _post(client, "/api/labels", body))["matched"]
            if on_progress:
                on_progress(begin + len(part))
    return matched


async def _post(client: httpx.AsyncClient, path: str, body: Any) -> Any:
    try:
        answer = await client.post(path, json=body)
    except httpx.TransportError as error:
        raise ServiceError(
            f"nothing answers there ({error})", where=str(client.base_url), hint="start it with `keepfit serve`"
        ) from error
    if answer.status_code != httpx.codes.OK:
        raise ServiceError(f"answered {answer.status_code}: {_said(answer)}", where=f"{client.base_url}{path[1:]}")
    return answer.json()


def _said(answer: httpx.Response) -> str:
    """Return a problem document's words, or the beginning of whatever came."""
    if "json" not in answer.headers.get("content-type", ""):
        return answer.text[:200]
    body = answer.json()
    return str(body.get("detail", body)) if isinstance(body, dict) else str(body)
