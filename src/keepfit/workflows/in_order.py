"""Batches of a table looked at by a few threads, and given back in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

B = TypeVar("B")
F = TypeVar("F")


def in_order(look: Callable[[B], F], batches: Iterable[B], workers: int) -> Iterator[tuple[B, F]]:
    """Yield batches with what became of them, in their order; a few of them are looked at, and held, at the same time.

    Parameters
    ----------
    look
        What is done with each.
    batches
        As they come.
    workers
        Threads that do it.
    """
    if workers == 1:
        yield from ((batch, look(batch)) for batch in batches)
        return
    waiting: deque[tuple[B, Future[F]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for batch in batches:
            waiting.append((batch, pool.submit(look, batch)))
            if len(waiting) > workers:
                first, found = waiting.popleft()
                yield first, found.result()
        yield from ((first, found.result()) for first, found in waiting)
