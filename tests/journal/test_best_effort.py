"""The mode `off`: nobody waits, and what cannot be written is counted."""

from __future__ import annotations

import asyncio

from journal_contents import ids_of
from keepfit.journal import group_commit
from keepfit.journal.best_effort import BestEffort


def test_rows_are_written_when_they_can_be(sqlite_journal, make_prediction, until, rename):
    """What the database does not take is left out and counted; the rest is there at the close."""

    async def story() -> int:
        effort = BestEffort(sqlite_journal)
        await effort.record([make_prediction() for _ in range(3)])
        await until(lambda: not (effort.pending))
        rename(sqlite_journal, "predictions", "elsewhere")
        await effort.record([make_prediction() for _ in range(2)])
        await until(lambda: not (effort.pending))
        rename(sqlite_journal, "elsewhere", "predictions")
        await effort.record([make_prediction()])
        await effort.close()
        return effort.dropped

    assert asyncio.run(story()) == 2
    assert sqlite_journal.count("credit") == 4


def test_what_is_written_late_is_not_counted_as_left_out(sqlite_journal, standing_still, make_prediction, monkeypatch):
    """A database that stands still for longer than anybody would wait is waited for: nobody does here."""
    monkeypatch.setattr(group_commit, "_PATIENCE_SECONDS", 0.05)
    made = [make_prediction() for _ in range(4)]

    async def story() -> int:
        effort = BestEffort(sqlite_journal)
        for one in made:
            await effort.record([one])
        asyncio.get_running_loop().call_later(10 * group_commit._PATIENCE_SECONDS, standing_still.set)
        await effort.close()
        return effort.dropped

    assert asyncio.run(story()) == 0
    assert ids_of(sqlite_journal, "credit") == {one.id for one in made}
