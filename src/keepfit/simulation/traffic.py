"""Requests over HTTP: one customer each, several at once, answers in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from keepfit.client import Answer, Client
from keepfit.errors import AnswerError, RefusedError, ServiceError

OnProgress = Callable[[int], None]
_TIMEOUT_SECONDS = 30.0


def send(
    customers: Sequence[dict[str, Any]],
    *,
    url: str,
    concurrency: int,
    token: str | None = None,
    on_progress: OnProgress | None = None,
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
    token
        What the service asks for; None for that of the environment.
    on_progress
        Told how many are answered.

    Raises
    ------
    ServiceError
        When nothing answers there, or a customer is refused; the customers after it are not sent any more.
    """
    answers: list[Answer] = []
    with (
        Client(url, token=token, timeout_seconds=_TIMEOUT_SECONDS, retries=0, connections=concurrency) as client,
        ThreadPoolExecutor(concurrency) as pool,
    ):

        def answer(number: int) -> Answer:
            try:
                return client.predict(customers[number])
            except (RefusedError, AnswerError) as error:
                said = f"customer {number + 1}: {error.what}"
                raise ServiceError(said, where=error.where, hint=error.hint) from error

        for one in pool.map(answer, range(len(customers))):
            answers.append(one)
            if on_progress:
                on_progress(len(answers))
    return answers


def report_labels(
    labels: Sequence[tuple[str, str]], *, url: str, token: str | None = None, on_progress: OnProgress | None = None
) -> int:
    """Report labels by prediction id, and return how many found their prediction.

    Parameters
    ----------
    labels
        Prediction id and label, each.
    url
        Address of the service.
    token
        What it asks for; None for that of the environment.
    on_progress
        Told how many are under way.

    Raises
    ------
    ServiceError
        When nothing answers there, or a label is refused; the requests before it have been recorded.
    """

    def counted() -> Iterator[tuple[str, str]]:
        for number, label in enumerate(labels, 1):
            yield label
            if on_progress:
                on_progress(number)

    with Client(url, token=token, timeout_seconds=_TIMEOUT_SECONDS) as client:
        return client.labels(counted()).matched
