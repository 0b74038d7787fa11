"""The mode `off`: nobody waits, and what cannot be written is counted."""

from __future__ import annotations

import asyncio

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
