"""The client for programs with an event loop: the same requests, made by a few threads (ADR 9)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from keepfit.client.batches import Batch
from keepfit.client.client import CONNECTIONS, RETRIES, TIMEOUT_SECONDS, added, exchange
from keepfit.client.results import Answer, LabelReceipt, ServedModel

_P = ParamSpec("_P")
_Made = TypeVar("_Made")


class AsyncClient:
    """Asks one project of a service without holding the event loop up; belongs to one loop.

    Its methods are those of `Client`, with the same retries and errors. At most `concurrency` requests are under way,
    the others wait for their turn. A task that is cancelled does not wait any longer, but the request that it had
    begun is finished: the service may answer and journal it.

    Parameters
    ----------
    url, token, timeout_seconds, retries
        As for `Client`.
    concurrency
        Requests that may be under way at once.

    Examples
    --------
    >>> async with AsyncClient("http://127.0.0.1:8000") as client:  # doctest: +SKIP
    ...     answers = await client.predict_many(records)
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
        concurrency: int = CONNECTIONS,
    ) -> None:
        self._exchange = exchange(url, token, timeout_seconds, retries, concurrency)
        self._concurrency = concurrency
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="keepfit client")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._exchange.connection.url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait for the requests that are under way, and close the connections."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        self._exchange.connection.close()

    async def predict(self, record: Mapping[str, Any], *, entity: str | int | None = None) -> Answer:
        """Return the answer to one record; see `Client.predict`."""
        return await self._do(self._exchange.answer, record, entity)

    async def predict_many(
        self, records: Iterable[Mapping[str, Any]], *, batch_rows: int | None = None
    ) -> list[Answer]:
        """Return the answers to any number of records, in order; several requests are under way at once.

        See `Client.predict_many`. When one is refused, those that are under way are answered and journalled all the
        same, and no further ones are sent.
        """
        cut = await self._do(self._exchange.record_batches, records, batch_rows)
        return [answer for answers in await self._in_order(self._exchange.answers, cut) for answer in answers]

    async def label(self, prediction_id: str, label: str | float | bool) -> LabelReceipt:
        """Report the known outcome of a prediction."""
        return await self.labels([(prediction_id, label)])

    async def labels(self, pairs: Iterable[tuple[str, str | float | bool]]) -> LabelReceipt:
        """Report known outcomes by prediction id; see `Client.labels`."""
        cut = await self._do(self._exchange.label_batches, pairs)
        return added(await self._in_order(self._exchange.receipt, cut))

    async def labels_by_entity(
        self, outcomes: Iterable[tuple[str | int, str | float | bool, datetime | None]]
    ) -> LabelReceipt:
        """Report known outcomes by entity and time; see `Client.labels_by_entity`."""
        cut = await self._do(self._exchange.entity_label_batches, outcomes)
        return added(await self._in_order(self._exchange.receipt, cut))

    async def model(self) -> ServedModel:
        """Return the model that answers."""
        return await self._do(self._exchange.model)

    async def is_ready(self) -> bool:
        """Return whether the service would answer a prediction now; it is asked once."""
        return await self._do(self._exchange.is_ready)

    def _do(self, act: Callable[_P, _Made], *args: _P.args, **named: _P.kwargs) -> asyncio.Future[_Made]:
        """Begin something in one of the threads."""
        begun = self._threads.submit(act, *args, **named)
        return asyncio.wrap_future(begun)

    async def _in_order(self, act: Callable[[Batch], _Made], cut: Iterator[Batch]) -> list[_Made]:
        """Return what becomes of each batch; no more are cut ahead than may be under way."""
        made: list[_Made] = []
        begun: deque[asyncio.Future[_Made]] = deque()
        try:
            for batch in cut:
                if len(begun) == self._concurrency:
                    made.append(await begun.popleft())
                begun.append(self._do(act, batch))
            while begun:
                made.append(await begun.popleft())
        finally:
            for one in begun:
                one.cancel()
        return made
