"""Group commit over a real journal."""

from __future__ import annotations

import asyncio
import re
import resource
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from journal_contents import ids_of
from keepfit.errors import JournalError
from keepfit.journal import GroupCommit, group_commit, open_journal


def test_concurrent_records_share_commits(journal, make_prediction):
    """A hundred requests at once are all durable after far fewer commits."""
    made = [make_prediction() for _ in range(100)]

    async def story() -> int:
        commits = GroupCommit(journal)
        await asyncio.gather(*(commits.record([one]) for one in made))
        await commits.close()
        return commits.commits

    assert asyncio.run(story()) <= 3
    assert ids_of(journal, "credit") == {one.id for one in made}


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


def test_a_failed_commit_is_told_to_all_who_waited_and_the_next_is_tried(journal, make_prediction, rename):
    """When the tables are gone every caller of the batch hears of it; when they are back the next batch is written."""

    async def story() -> list[BaseException | None]:
        commits = GroupCommit(journal)
        await commits.record([make_prediction()])
        rename(journal, "predictions", "elsewhere")
        outcome = await asyncio.gather(*(commits.record([make_prediction()]) for _ in range(5)), return_exceptions=True)
        rename(journal, "elsewhere", "predictions")
        await commits.record([make_prediction()])
        assert (commits.pending, commits.commits) == (0, 2)
        await commits.close()
        return outcome

    outcome = asyncio.run(story())
    assert all(isinstance(one, JournalError) for one in outcome)
    assert re.search(r"no such table: predictions|relation .predictions. does not exist", str(outcome[0]))
    assert journal.count("credit") == 2


def test_a_full_disk_is_told_and_overcome(sqlite_journal, make_prediction):
    """A batch that the disk has no room for is refused as a whole; what fits afterwards is written."""
    large = make_prediction(sent='{"text": "' + "x" * 4_000_000 + '"}')

    async def story() -> None:
        commits = GroupCommit(sqlite_journal)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))  # no file of this process grows beyond it
        try:
            with pytest.raises(JournalError, match="the journal cannot be used"):
                await commits.record([make_prediction(), large])
            await commits.record([make_prediction()])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await commits.record([large])
        await commits.close()

    asyncio.run(story())
    assert sqlite_journal.count("credit") == 2


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


def test_a_large_request_is_one_commit_and_a_batch_is_bounded(journal, make_prediction):
    """Rows of one request are never divided, and requests share a commit up to two thousand rows."""
    requests = [[make_prediction() for _ in range(size)] for size in (1, 2500, 900, 900, 900)]

    async def story() -> int:
        commits = GroupCommit(journal)
        await asyncio.gather(*(commits.record(rows) for rows in requests))
        await commits.close()
        return commits.commits

    assert asyncio.run(story()) == 4  # 1, 2500, 900 + 900, 900
    assert journal.count("credit") == sum(len(rows) for rows in requests)


def test_closing_writes_what_waits_and_takes_no_more(journal, make_prediction):
    """Requests that wait at the close are written; later ones are refused; the journal stays open."""

    async def story() -> None:
        commits = GroupCommit(journal)
        waiting = [asyncio.create_task(commits.record([make_prediction()])) for _ in range(3)]
        await asyncio.sleep(0)
        await commits.close()
        await asyncio.gather(*waiting)
        with pytest.raises(JournalError, match="takes no more rows: it is closed"):
            await commits.record([make_prediction()])

    asyncio.run(story())
    assert journal.count("credit") == 3


def test_the_log_is_copied_beside_the_commits(journal, make_prediction, monkeypatch):
    """Every so many commits a thread does it; one that fails harms nobody, and what was written is all there."""
    monkeypatch.setattr(group_commit, "_COMMITS_A_CHECKPOINT", 5)
    done: list[bool] = []
    checkpoint = journal.checkpoint

    def counted() -> None:
        checkpoint()
        done.append(True)
        raise OSError("whatever happens in it")

    monkeypatch.setattr(journal, "checkpoint", counted)

    async def story() -> int:
        commits = GroupCommit(journal)
        while len(done) < 2:
            await commits.record([make_prediction()])
        await commits.close()
        return commits.commits

    assert asyncio.run(asyncio.wait_for(story(), 20)) == journal.count("credit")


def test_a_checkpoint_of_a_journal_that_is_gone_is_told_in_the_log(url, make_prediction, caplog):
    """It raises nothing: the next write will."""
    with open_journal(url) as journal:
        journal.record_predictions([make_prediction()])
        journal.checkpoint()
        assert not caplog.records
        Path(url.removeprefix("sqlite:///")).unlink()
        journal.checkpoint()
    assert "the journal's log was not copied" in caplog.text


def test_a_database_that_does_not_answer_is_waited_for_once(
    sqlite_journal, standing_still, make_prediction, monkeypatch, until
):
    """Who waits is told after the bound, who comes is refused at once, and when it answers again all is as before."""
    monkeypatch.setattr(group_commit, "_PATIENCE_SECONDS", 0.2)

    async def story() -> None:
        commits = GroupCommit(sqlite_journal, on_loop=False)
        waiting = [asyncio.create_task(commits.record([make_prediction()])) for _ in range(3)]
        await asyncio.sleep(0)
        behind = asyncio.create_task(commits.record([make_prediction()]))
        outcome = await asyncio.gather(*waiting, behind, return_exceptions=True)
        assert {str(one).partition(": ")[2] for one in outcome} == {"the database does not answer; try again later"}
        with pytest.raises(JournalError, match="the database does not answer"):
            await commits.record([make_prediction()])
        standing_still.set()
        await until(lambda: not (commits.pending))
        await commits.record([make_prediction()])
        await commits.close()

    asyncio.run(story())
    assert sqlite_journal.count("credit") == 3 + 1  # what was told late is written; what was behind it is not


def test_after_a_slow_failure_nobody_waits_for_the_next(sqlite_journal, make_prediction, monkeypatch):
    """A database that fails slowly is left alone for a moment; then it is tried again."""
    monkeypatch.setattr(group_commit, "_TOLD_LATE_SECONDS", 0.0)
    later = 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later, perf_counter=time.perf_counter)
    monkeypatch.setattr(group_commit, "time", clock)
    monkeypatch.setattr(group_commit, "_PAUSE_SECONDS", 1000.0)
    record = sqlite_journal.record_predictions

    def failing(made, shadowed) -> None:
        raise JournalError("fails")

    async def story() -> None:
        commits = GroupCommit(sqlite_journal, on_loop=False)
        monkeypatch.setattr(sqlite_journal, "record_predictions", failing)
        with pytest.raises(JournalError, match="fails"):
            await commits.record([make_prediction()])
        monkeypatch.setattr(sqlite_journal, "record_predictions", record)
        with pytest.raises(JournalError, match="the database does not answer; try again later"):
            await commits.record([make_prediction()])
        nonlocal later
        later = group_commit._PAUSE_SECONDS
        await commits.record([make_prediction()])
        await commits.close()

    asyncio.run(story())
    assert sqlite_journal.count("credit") == 1
