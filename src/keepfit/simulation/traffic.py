"""Requests over HTTP: one customer each, several at once, at a pace, answers in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any, NamedTuple

import numpy as np

from keepfit.client import Answer, Client
from keepfit.errors import AnswerError, ClientError, RefusedError, ServiceAwayError, ServiceError

OnProgress = Callable[[int], None]
_TIMEOUT_SECONDS = 30.0
_AHEAD = 4  # customers per request under way that are drawn already: a slow answer does not hold up the others


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast customers are sent.

    Attributes
    ----------
    concurrency
        Requests under way at once.
    rate
        Requests a second at the most, evenly; None for as many as are answered.
    pause_seconds
        Each of the requests under way is followed by the next after a pause of 0 to so many seconds, by chance.
    """

    concurrency: int
    rate: float | None = None
    pause_seconds: float = 0.0


class Sent(NamedTuple):
    """What came of a request: its answer, or why there was none, and how long that took."""

    answer: Answer | None
    error: ClientError | None
    seconds: float


def send(
    customers: Iterable[Mapping[str, Any]],
    *,
    url: str,
    pace: Pace,
    rng: np.random.Generator,
    token: str | None = None,
    goes_on: bool = False,
    clock: Callable[[], float] = time.perf_counter,
    wait: Callable[[float], object] | None = None,
) -> Iterator[Sent]:
    """Send each customer in a request of its own, and yield what came back, in the customers' order.

    A request is never sent twice: the service would journal it twice. After Ctrl-C what is under way is yielded still,
    and then it is raised.

    Parameters
    ----------
    customers
        Records of raw columns; taken as they are needed.
    url
        Address of the service.
    pace
        How fast.
    rng
        Where the pauses come from.
    token
        What the service asks for; None for that of the environment.
    goes_on
        Whether a request that gets no answer is yielded too, once another has got one.
    clock, wait
        Tell the time in seconds, and let it pass; by default until the sending ends, at the latest.

    Raises
    ------
    ServiceError
        When nothing answers there, or a customer is refused; the customers after it are not sent any more.
    """
    stop, is_answered = Event(), False
    with (
        Client(url, token=token, timeout_seconds=_TIMEOUT_SECONDS, retries=0, connections=pace.concurrency) as client,
        ThreadPoolExecutor(pace.concurrency) as pool,
    ):
        sending = _Sending(client, pool, pace, rng, stop, clock, wait or stop.wait)
        try:
            for sent in sending.results(customers):
                is_answered |= sent.answer is not None
                if sent.error is not None and not (goes_on and is_answered):
                    raise sent.error
                yield sent
        finally:
            stop.set()  # those that wait in the pool are not sent any more


@dataclass(frozen=True, slots=True)
class _Sending:
    """Requests under way, the first of them first."""

    client: Client
    pool: ThreadPoolExecutor
    pace: Pace
    rng: np.random.Generator
    stop: Event
    clock: Callable[[], float]
    wait: Callable[[float], object]
    under_way: deque[Future[Sent | None]] = field(default_factory=deque)

    def results(self, customers: Iterable[Mapping[str, Any]]) -> Iterator[Sent]:
        """Yield what came of each customer's request."""
        try:
            yield from self._started(customers)
            yield from self._rest()
        except KeyboardInterrupt:
            self.stop.set()
            yield from self._rest()
            raise

    def _started(self, customers: Iterable[Mapping[str, Any]]) -> Iterator[Sent]:
        """Begin a request for each customer when its time has come, and yield what came meanwhile."""
        began, pace = self.clock(), self.pace
        for number, customer in enumerate(customers):
            while self.under_way and (self.under_way[0].done() or len(self.under_way) >= _AHEAD * pace.concurrency):
                yield from self._first()
            if pace.rate is not None:
                self.wait(max(began + number / pace.rate - self.clock(), 0.0))
            pause = self.rng.uniform(0, pace.pause_seconds)
            self.under_way.append(self.pool.submit(self._asked, number + 1, customer, pause))

    def _rest(self) -> Iterator[Sent]:
        while self.under_way:
            yield from self._first()

    def _first(self) -> Iterator[Sent]:
        """Yield what came of the first request under way, unless it was not sent."""
        found = self.under_way[0].result()  # it keeps its place until then: Ctrl-C may come between
        self.under_way.popleft()
        if found is not None:
            yield found

    def _asked(self, number: int, customer: Mapping[str, Any], pause: float) -> Sent | None:
        """Return what came of a customer's request, None when it is not to be sent any more."""
        self.wait(pause)
        if self.stop.is_set():
            return None
        began = self.clock()
        try:
            return Sent(self.client.predict(customer), None, self.clock() - began)
        except ServiceAwayError as error:
            return Sent(None, error, self.clock() - began)
        except AnswerError as error:
            told = AnswerError(f"customer {number}: {error.what}", where=error.where, hint=error.hint)
            return Sent(None, told, self.clock() - began)
        except RefusedError as error:
            raise ServiceError(f"customer {number}: {error.what}", where=error.where, hint=error.hint) from error


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
