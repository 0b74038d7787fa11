"""How many records a second one process asks for: both clients, and aiohttp beside them (ADR 9).

`.venv/bin/python benchmarks/client/clients.py PROJECT` starts the project's service, lets every way have its turn, five
times, and prints the medians. aiohttp comes with the extra `train`.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from keepfit.client import AsyncClient, Client
from keepfit.serving import bind
from keepfit.signature import Signature
from keepfit.workflows.local_service import local_service

ALONE, MANY, TURNS = 2000, 20_000, 5
Record = dict[str, Any]
Way = Callable[[str, Record], None]


def one_after_the_other(url: str, record: Record) -> None:
    """Wait for each answer."""
    with Client(url) as client:
        for _ in range(ALONE):
            client.predict(record)


def from_threads(url: str, record: Record) -> None:
    """Share one client among eight threads."""
    with Client(url) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(client.predict, itertools.repeat(record, ALONE)))


def asynchronous(concurrency: int) -> Way:
    """Ask with as many requests under way."""

    async def ask(url: str, record: Record) -> None:
        async with AsyncClient(url, concurrency=concurrency) as client:
            await asyncio.gather(*(client.predict(record) for _ in range(ALONE)))

    return in_a_loop(ask)


def by_aiohttp(concurrency: int) -> Way:
    """Ask the same with aiohttp: its connections are the limit."""

    async def ask(url: str, record: Record) -> None:
        connector, headers = aiohttp.TCPConnector(limit=concurrency), {"content-type": "application/json"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

            async def one() -> Any:
                async with session.post(f"{url}/api/prediction", data=msgspec.json.encode(record)) as answer:
                    return msgspec.json.decode(await answer.read())

            await asyncio.gather(*(one() for _ in range(ALONE)))

    return in_a_loop(ask)


def in_batches(url: str, record: Record) -> None:
    """Ask for many at once."""
    with Client(url) as client:
        client.predict_many(itertools.repeat(record, MANY))


async def batches_at_once(url: str, record: Record) -> None:
    """Ask for many at once, several times at once."""
    async with AsyncClient(url) as client:
        await client.predict_many(itertools.repeat(record, MANY))


def in_a_loop(ask: Callable[[str, Record], Awaitable[None]]) -> Way:
    """Return a way that runs a loop of its own."""

    def way(url: str, record: Record) -> None:
        asyncio.run(ask(url, record))

    return way


WAYS: dict[str, tuple[Way, int]] = {
    "Client.predict, one after the other": (one_after_the_other, ALONE),
    "Client.predict, 8 threads": (from_threads, ALONE),
    "AsyncClient.predict, 8 at once": (asynchronous(8), ALONE),
    "aiohttp, 8 at once": (by_aiohttp(8), ALONE),
    "AsyncClient.predict, 64 at once": (asynchronous(64), ALONE),
    "aiohttp, 64 at once": (by_aiohttp(64), ALONE),
    "Client.predict_many": (in_batches, MANY),
    "AsyncClient.predict_many": (in_a_loop(batches_at_once), MANY),
}


def main(project: Path) -> None:
    """Measure every way, by turns."""
    with bind("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    with (
        tempfile.TemporaryDirectory() as folder,
        local_service(project / "keepfit.toml", host="127.0.0.1", port=port, log=Path(folder) / "log") as url,
    ):
        with Client(url) as client:
            record = Signature.from_dict(client.model().signature).example_record()
        for _ in range(TURNS):
            for name, (way, rows) in WAYS.items():
                found[name].append(measured(way, url, record, rows))
    print("| | records a second | from | to | processor, µs a record |\n|---|--:|--:|--:|--:|")
    for name, turns in found.items():
        rates, costs = zip(*turns, strict=True)
        shown = f"{statistics.median(rates):,.0f} | {min(rates):,.0f} | {max(rates):,.0f}"
        print(f"| {name} | {shown} | {statistics.median(costs):,.0f} |")


def measured(way: Way, url: str, record: Record, rows: int) -> tuple[float, float]:
    """Return records a second, and microseconds of the processor for each."""
    started, used = time.perf_counter(), processor_seconds()
    way(url, record)
    return rows / (time.perf_counter() - started), (processor_seconds() - used) / rows * 1e6


def processor_seconds() -> float:
    """Return what this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]))
