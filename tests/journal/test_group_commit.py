"""Group commit over a real journal."""

from __future__ import annotations

import asyncio

import pytest

from keepfit.errors import JournalError
from keepfit.journal import GroupCommit


def test_concurrent_records_share_commits(journal, make_prediction):
    """A hundred requests at once are all durable after far fewer commits."""
    made = [make_prediction() for _ in range(100)]

    async def story() -> int:
        commits = GroupCommit(journal)
        await asyncio.gather(*(commits.record([one]) for one in made))
        await commits.close()
        return commits.commits

    assert asyncio.run(story()) <= 3
    assert journal.ids("credit") == {one.id for one in made}


def test_a_lone_record_is_one_commit(journal, make_prediction):
    """Requests one after the other pay one commit each, and each is durable when it returns."""

    async def story() -> int:
        commits = GroupCommit(journal)
        for number in range(1, 4):
            await commits.record([make_prediction()])
            assert journal.count("credit") == number
        await commits.close()
        return commits.commits

    assert asyncio.run(story()) == 3


def test_too_many_waiting_are_turned_away_at_once(journal, make_prediction):
    """Beyond the bound a request fails at once, and those that wait are served."""

    async def story() -> None:
        commits = GroupCommit(journal, max_pending=2)
        waiting = asyncio.create_task(commits.record([make_prediction(), make_prediction()]))
        await asyncio.sleep(0)
        with pytest.raises(JournalError, match="2 rows wait for the database; try again later"):
            await commits.record([make_prediction()])
        await waiting
        await commits.record([make_prediction()])
        await commits.close()

    asyncio.run(story())
    assert journal.count("credit") == 3


def test_a_failed_commit_is_told_to_all_who_waited_and_the_next_is_tried(journal, make_prediction):
    """A batch that cannot be written fails for each of its requests; the journal recovers by itself."""
    twice = make_prediction()
    journal.record_predictions([twice])

    async def story() -> list[BaseException | None]:
        commits = GroupCommit(journal)
        first = asyncio.create_task(commits.record([make_prediction()]))  # opens the first commit
        await asyncio.sleep(0)
        batch = [commits.record([make_prediction()]), commits.record([twice])]
        outcome = await asyncio.gather(first, *batch, return_exceptions=True)
        await commits.record([make_prediction()])
        await commits.close()
        return outcome

    first, second, third = asyncio.run(story())
    assert isinstance(third, JournalError)
    assert journal.count("credit") == 1 + 1 + sum(outcome is None for outcome in (first, second))


def test_a_caller_that_leaves_breaks_nothing(journal, make_prediction):
    """A cancelled request is written all the same, and the others are served."""

    async def story() -> None:
        commits = GroupCommit(journal)
        leaving = asyncio.create_task(commits.record([make_prediction()]))
        staying = asyncio.create_task(commits.record([make_prediction()]))
        await asyncio.sleep(0)
        leaving.cancel()
        await staying
        await commits.close()

    asyncio.run(story())
    assert journal.count("credit") == 2
