"""Group commit: concurrent requests share a transaction, without a fixed wait.

What queued while the last commit ran is the next batch. A lone request pays one commit and nothing more; under load
a commit is shared by all that came meanwhile.

References
----------
DeWitt, D. et al. (1984). Implementation techniques for main memory database systems. SIGMOD Record 14(2), section 5.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from keepfit.errors import JournalError
from keepfit.journal.records import Prediction
from keepfit.journal.store import Journal

_ROWS_A_COMMIT = 2000
_MAX_PENDING = 10_000


class GroupCommit:
    """The journal's write path for one event loop.

    All methods belong to that loop. A caller that is cancelled breaks no other; its rows are written all the same.

    Parameters
    ----------
    journal
        Where predictions go.
    max_pending
        Rows that may wait; beyond it a request is turned away at once.
    """

    def __init__(self, journal: Journal, *, max_pending: int = _MAX_PENDING) -> None:
        self._journal = journal
        self._max_pending = max_pending
        self._queue: deque[tuple[Sequence[Prediction], asyncio.Future[None]]] = deque()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._working: asyncio.Task[None] | None = None
        self._closed = False
        self.pending = 0
        self.commits = 0

    async def record(self, predictions: Sequence[Prediction]) -> None:
        """Return when the predictions are durable.

        Raises
        ------
        JournalError
            When they could not be written, or too many wait already, or after `close`; then none of them was written.
        """
        if self._closed:
            raise JournalError("takes no more rows: it is closed", where=self._journal.address)
        if self.pending + len(predictions) > self._max_pending:
            raise JournalError(
                f"{self.pending} rows wait for the database", where=self._journal.address, hint="try again later"
            )
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((predictions, durable))
        self.pending += len(predictions)
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        await durable

    async def close(self) -> None:
        """Write what waits, then end the writer's thread; the journal itself stays open."""
        self._closed = True
        while self._working is not None:
            await asyncio.shield(self._working)
        self._writer.shutdown()

    async def _work(self) -> None:
        """Write batch after batch until nothing waits."""
        loop = asyncio.get_running_loop()
        try:
            while self._queue:
                rows, waiting = self._take()
                failure: Exception | None = None
                try:
                    await loop.run_in_executor(self._writer, self._journal.record_predictions, rows)
                    self.commits += 1
                except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                    failure = error
                self.pending -= len(rows)
                for durable in waiting:
                    if durable.done():  # its caller has gone
                        continue
                    if failure is None:
                        durable.set_result(None)
                    else:
                        durable.set_exception(failure)
        finally:
            self._working = None

    def _take(self) -> tuple[list[Prediction], list[asyncio.Future[None]]]:
        rows: list[Prediction] = []
        waiting: list[asyncio.Future[None]] = []
        while self._queue and (not rows or len(rows) + len(self._queue[0][0]) <= _ROWS_A_COMMIT):
            predictions, durable = self._queue.popleft()
            rows.extend(predictions)
            waiting.append(durable)
        return rows, waiting
