"""A stream of customers: one after the other with pauses by chance, and what came of them later."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from keepfit.client import Answer, Client
from keepfit.errors import AnswerError, ServiceAwayError

_TIMEOUT_SECONDS = 30.0


def stream(
    customers: Iterable[tuple[Mapping[str, Any], str]],
    *,
    url: str,
    pause_seconds: float,
    label_seconds: float,
    rng: np.random.Generator,
    token: str | None = None,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[Answer | str]:
    """Send customers one after the other, and report each one's label when its time has come; yield what came back.

    A service that is away for a while loses the stream a customer, and does not end it.

    Parameters
    ----------
    customers
        Records of raw columns, and the label of each; may be without end.
    url
        Address of the service.
    pause_seconds
        Before each customer the stream waits between 0 and so many seconds.
    label_seconds
        How much later than the answer its label is reported, at the soonest: it goes with the next customer.
    rng
        Where the pauses come from.
    token
        What the service asks for; None for that of the environment.
    clock, wait
        Tell the time, and let it pass.

    Yields
    ------
    The answer, or why there was none.

    Raises
    ------
    ServiceError
        When the service refuses a customer or a label.
    """
    waiting: deque[tuple[float, str, str]] = deque()
    with Client(url, token=token, timeout_seconds=_TIMEOUT_SECONDS, retries=0) as client:
        for record, label in customers:
            wait(rng.uniform(0, pause_seconds))
            try:
                _report_due(client, waiting, clock() - label_seconds)
                answer = client.predict(record)
            except (ServiceAwayError, AnswerError) as error:
                yield str(error)
                continue
            waiting.append((clock(), answer.id, label))
            yield answer


def _report_due(client: Client, waiting: deque[tuple[float, str, str]], until: float) -> None:
    """Report the labels of what was answered before a time; those of a request that got no answer wait on."""
    due = [(name, label) for moment, name, label in waiting if moment <= until]
    if due:
        client.labels(due)
    for _ in due:
        waiting.popleft()
