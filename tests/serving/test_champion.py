"""The watch over the champion's pointer."""

from __future__ import annotations

import asyncio

import pytest

from keepfit.errors import JournalError
from keepfit.serving.champion import Champion
from keepfit.workflows.promote import promote, rollback


@pytest.mark.parametrize("fault", [JournalError("database is locked"), None])
def test_the_watch_goes_on_when_a_swap_cannot_be_written_down(rooms, fault):
    """Two changes of the pointer are two swaps, though the first could not be told to the journal."""
    champion = Champion(rooms.store)
    first = champion.scorer.version
    other = next(version for version in rooms.store.versions() if version != first)
    swaps: list[tuple[int, int]] = []

    async def story() -> None:
        swapped = asyncio.Event()

        async def told(old: int, new: int) -> None:
            swaps.append((old, new))
            swapped.set()
            if fault:
                raise fault

        watching = asyncio.create_task(champion.watch(told, pytest.fail))
        for change in (lambda: promote(rooms, other), lambda: rollback(rooms)):
            swapped.clear()
            await asyncio.to_thread(change)
            await asyncio.wait_for(swapped.wait(), 20)
        watching.cancel()

    asyncio.run(story())
    assert swaps == [(first, other), (other, first)]


def test_whatever_is_wrong_with_a_new_champion_the_old_one_answers(rooms, monkeypatch):
    """A fault that nobody foresaw refuses the new champion, and the next look tries again."""
    champion = Champion(rooms.store)
    version = champion.scorer.version
    monkeypatch.setattr(champion, "_load", lambda old: 1 / 0)
    refusals: list[str] = []
    asyncio.run(champion._swap(pytest.fail, refusals.append))
    assert refusals == ["division by zero"]
    assert champion.scorer.version == version
    assert champion.refusal == "division by zero"
