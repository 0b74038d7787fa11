"""Batches of what came while somebody worked."""

from __future__ import annotations

import asyncio

from keepfit.serving.micro_batches import MicroBatches


def test_what_comes_meanwhile_is_the_next_batch():
    """The first piece goes at once and alone, the rest together, in order; no worker waits for another."""

    async def story() -> list[tuple[str, list[int]]]:
        done: list[tuple[str, list[int]]] = []

        async def work(who: str, pieces) -> None:
            await asyncio.sleep(0.02)
            done.append((who, list(pieces)))

        batches = MicroBatches(work)
        batches.add("a", [1])
        await asyncio.sleep(0)
        batches.add("b", [10])
        for piece in range(2, 6):
            batches.add("a", [piece])
        await batches.close()
        batches.add("a", [6])
        await batches.close()
        return done

    done = asyncio.run(story())
    assert [pieces for who, pieces in done if who == "a"] == [[1], [2, 3, 4, 5], [6]]
    assert [pieces for who, pieces in done if who == "b"] == [[10]]


def test_a_batch_has_a_bound():
    """Thousands that wait go in several batches."""

    async def story() -> list[int]:
        sizes: list[int] = []

        async def work(_: str, pieces) -> None:
            sizes.append(len(pieces))

        batches = MicroBatches(work)
        batches.add("a", list(range(2500)))
        await batches.close()
        return sizes

    assert asyncio.run(story()) == [1000, 1000, 500]
