"""Micro-batches for who answers slowly: what comes while he works is the next batch; nobody waits for one to fill."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)
T = TypeVar("T")
_MOST_AT_ONCE = 1000
_GRACE_SECONDS = 10.0


class MicroBatches(Generic[Who, T]):
    """Hands pieces of work over, one batch at a time to each worker.

    All methods belong to one event loop.

    Parameters
    ----------
    work
        Does a batch for a worker; it raises nothing.
    """

    def __init__(self, work: Callable[[Who, Sequence[T]], Awaitable[None]]) -> None:
        self._work = work
        self._waiting: dict[Who, list[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, who: Who, pieces: Sequence[T]) -> None:
        """Hand pieces over: now, or with what else waits when the worker has time."""
        if who in self._waiting:
            self._waiting[who].extend(pieces)
            return
        self._waiting[who] = list(pieces)
        task = asyncio.get_running_loop().create_task(self._serve(who))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, seconds: float = _GRACE_SECONDS) -> None:
        """Return when nothing waits any more, or after so many seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()

    async def _serve(self, who: Who) -> None:
        while self._waiting[who]:
            batch = self._waiting[who][:_MOST_AT_ONCE]
            del self._waiting[who][:_MOST_AT_ONCE]
            await self._work(who, batch)
        del self._waiting[who]
