"""The mode `relaxed`: answers within a bound, rows in a spill while the database is away."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from journal_contents import ids_of
from keepfit.errors import JournalError
from keepfit.journal import write_behind
from keepfit.journal.spill import Spill
from keepfit.journal.write_behind import WriteBehind


@pytest.fixture
def spill(tmp_path):
    return Spill(tmp_path / "spill")


@pytest.fixture
def held(sqlite_journal, monkeypatch):
    """A journal whose commits wait until the event is set."""
    free = threading.Event()
    record = sqlite_journal.record_predictions

    def slow(made, shadowed=()) -> None:
        free.wait(20)
        record(made, shadowed)

    monkeypatch.setattr(sqlite_journal, "record_predictions", slow)
    yield free
    free.set()


def _behind(journal, spill, rows: int = 1000, milliseconds: int = 60_000) -> WriteBehind:
    return WriteBehind(journal, spill, most_rows=rows, most_milliseconds=milliseconds)


def test_an_answer_is_given_before_the_row_is_there(sqlite_journal, spill, held, make_prediction):
    """Within the bound nobody waits for the disk; at the close everything is there."""

    async def story() -> None:
        behind = _behind(sqlite_journal, spill)
        for _ in range(5):
            await behind.record([make_prediction()])
        assert (sqlite_journal.count("credit"), behind.pending) == (0, 5)
        held.set()
        await behind.close()
        assert behind.pending == 0

    asyncio.run(story())
    assert sqlite_journal.count("credit") == 5


@pytest.mark.parametrize(("rows", "milliseconds"), [(3, 60_000), (1000, 1)])
def test_beyond_the_bound_a_request_waits(sqlite_journal, spill, held, make_prediction, rows, milliseconds):
    """With so many rows on their way, or one that is so old, the next is answered when it is durable."""

    async def story() -> None:
        behind = _behind(sqlite_journal, spill, rows, milliseconds)
        for _ in range(3 if rows == 3 else 1):
            await behind.record([make_prediction()])
        await asyncio.sleep(0.002)
        late = asyncio.create_task(behind.record([make_prediction()]))
        done, _ = await asyncio.wait([late], timeout=0.05)
        assert not done
        held.set()
        await late
        assert sqlite_journal.count("credit") == (4 if rows == 3 else 2)
        await behind.close()

    asyncio.run(story())


def test_while_the_database_is_away_rows_go_to_the_spill_and_come_back(
    journal, spill, make_prediction, monkeypatch, until, rename
):
    """Nobody hears of it; when it is back all rows are in it, once, and the files are gone."""
    monkeypatch.setattr(write_behind, "_PAUSE_SECONDS", 0.01)
    made = [make_prediction() for _ in range(60)]

    async def story() -> None:
        behind = _behind(journal, spill, rows=20)
        await asyncio.gather(*(behind.record([one]) for one in made[:20]))
        rename(journal, "predictions", "elsewhere")
        await asyncio.gather(*(behind.record([one]) for one in made[20:40]))
        await until(lambda: not (behind.pending))
        assert behind.spilled >= 20  # and what of the first was not there yet
        rename(journal, "elsewhere", "predictions")
        await asyncio.gather(*(behind.record([one]) for one in made[40:]))
        await until(lambda: not (behind.spilled or behind.pending))
        await behind.close()

    asyncio.run(story())
    assert {row.prediction.id for row in journal.window("credit", rows=100)} == {one.id for one in made}
    assert journal.count("credit") == 60
    assert spill.is_empty


def test_what_a_service_that_died_left_behind_is_brought_in(journal, spill, make_prediction, until):
    """A spill of another life is in the journal soon after the start."""
    spill.add([make_prediction() for _ in range(7)])
    spill.close()

    async def story() -> None:
        behind = _behind(journal, spill)
        behind.start()
        await until(lambda: journal.count("credit") == 7)
        await behind.close()

    asyncio.run(story())
    assert journal.count("credit") == 7


def test_a_stop_while_the_database_is_away_keeps_the_rows(sqlite_journal, spill, make_prediction, rename):
    """They are in the spill for the next life."""

    async def story() -> None:
        behind = _behind(sqlite_journal, spill)
        rename(sqlite_journal, "predictions", "elsewhere")
        await behind.record([make_prediction()])
        await behind.close()
        rename(sqlite_journal, "elsewhere", "predictions")

    asyncio.run(story())
    assert sqlite_journal.count("credit") == 0
    assert spill.replay(sqlite_journal) == 1


def test_without_a_place_in_the_spill_who_waits_is_refused(
    sqlite_journal, spill, make_prediction, monkeypatch, until, rename
):
    """A request beyond the bound is told; what was answered for is tried again until it has a place."""
    monkeypatch.setattr(write_behind, "_PAUSE_SECONDS", 0.01)
    add = spill.add

    def full(made) -> None:
        raise JournalError("cannot be written (No space left on device)", where="spill")

    async def story() -> None:
        behind = _behind(sqlite_journal, spill, rows=1)
        rename(sqlite_journal, "predictions", "elsewhere")
        monkeypatch.setattr(spill, "add", full)
        await behind.record([make_prediction()])
        with pytest.raises(JournalError, match="No space left"):
            await behind.record([make_prediction()])
        assert behind.pending == 1
        monkeypatch.setattr(spill, "add", add)
        await until(lambda: not (behind.pending))
        rename(sqlite_journal, "elsewhere", "predictions")
        await behind.close()

    asyncio.run(story())
    spill.replay(sqlite_journal)
    assert sqlite_journal.count("credit") == 1


def test_with_a_database_that_takes_rows_they_go_straight_to_it(sqlite_journal, spill, make_prediction, until):
    """Though the spill is not empty, and somebody sends all the time: nobody stays away for ever."""
    spill.add([make_prediction() for _ in range(3000)])
    spill.close()

    async def story() -> tuple[int, int]:
        behind = _behind(sqlite_journal, spill)
        behind._is_away = True  # as it was until now
        behind.start()
        sent = 0
        while sqlite_journal.count("credit") < 3000 + sent or sent < 500:
            await behind.record([make_prediction()])
            sent += 1
        commits = behind._commits.commits
        await behind.close()
        return sent, commits

    sent, commits = asyncio.run(story())
    assert commits > 0
    assert sqlite_journal.count("credit") == 3000 + sent


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_each_is_told_once_and_what_is_answered_is_kept(
    sqlite_journal, spill, make_prediction, monkeypatch, seed
):
    """Commits fail, are slow, or succeed, the spill fails too, and the close comes in the middle of it all."""
    monkeypatch.setattr(write_behind, "_PAUSE_SECONDS", 0.002)
    chance = random.Random(seed)
    record, add = sqlite_journal.record_predictions, spill.add

    def moody(made, shadowed=()) -> None:
        mood = chance.random()
        if mood < 0.4:
            raise JournalError("fails")
        if mood < 0.5:
            threading.Event().wait(0.01)
        record(made, shadowed)

    def moody_spill(made) -> None:
        if chance.random() < 0.2:
            raise RuntimeError("can't start new thread")
        add(made)

    monkeypatch.setattr(sqlite_journal, "record_predictions", moody)
    monkeypatch.setattr(spill, "add", moody_spill)
    told: dict[str, list] = {}

    async def story() -> None:
        behind = _behind(sqlite_journal, spill, rows=chance.choice([1, 20, 1000]))
        behind.start()
        for _ in range(200):
            one = make_prediction()
            told[one.id] = []
            behind.submit([one], told[one.id].append)
            if chance.random() < 0.3:
                await asyncio.sleep(0)
        monkeypatch.setattr(spill, "add", add)
        await behind.close()
        assert (behind.pending, behind.dropped) == (0, 0)

    asyncio.run(story())
    monkeypatch.setattr(sqlite_journal, "record_predictions", record)
    Spill(spill._folder).replay(sqlite_journal)
    assert {len(one) for one in told.values()} == {1}
    answered = {id_ for id_, (failure,) in told.items() if failure is None}
    assert answered <= ids_of(sqlite_journal, "credit")


def test_after_the_close_nothing_is_taken(sqlite_journal, spill, make_prediction):
    """A request that comes too late is refused, and said to be."""

    async def story() -> None:
        behind = _behind(sqlite_journal, spill)
        await behind.close()
        with pytest.raises(JournalError, match="takes no more rows: it is closed"):
            await behind.record([make_prediction()])

    asyncio.run(story())
