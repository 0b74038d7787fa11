"""Group commit: concurrent requests share a transaction, without a fixed wait.

What queued while the last commit ran is the next batch. A lone request pays one commit and nothing more; under load
a commit is shared by all that came meanwhile.

Where the disk is quick, a commit takes less time than to wake a thread for it: then it is done on the event loop. The
first slow one sends the next to a thread, until they are quick again.

References
----------
DeWitt, D. et al. (1984). Implementation techniques for main memory database systems. SIGMOD Record 14(2), section 5.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import SimpleQueue

from keepfit.errors import JournalError
from keepfit.journal.records import Prediction, Shadow
from keepfit.journal.store import Journal

_ROWS_A_COMMIT = 2000
_MAX_PENDING = 10_000
_QUICK_SECONDS = 0.0005
_SLOW_SECONDS = 0.002
_ROWS_AT_ONCE = 100
_COMMITS_A_CHECKPOINT = 150  # about 1000 pages
Tell = Callable[[Exception | None], None]
_Waiting = list[Tell]
_Rows = tuple[Sequence[Prediction], Sequence[Shadow]]
_Batch = tuple[asyncio.AbstractEventLoop, list[Prediction], list[Shadow], _Waiting]


class GroupCommit:
    """The journal's write path for one event loop.

    All methods belong to that loop. It writes on the loop where the disk is quick, else in a thread of its own. A
    caller that is cancelled breaks no other; its rows are written all the same.

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
        self._queue: deque[tuple[_Rows, Tell]] = deque()
        self._batches: SimpleQueue[_Batch | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._settler = ThreadPoolExecutor(1, thread_name_prefix="journal-checkpoint")
        self._settling: Future[None] | None = None
        self._unsettled = 0
        self._is_writing = False
        self._is_quick = True
        self._rest: asyncio.Future[None] | None = None
        self._closed = False
        self.pending = 0
        self.commits = 0

    async def record(self, predictions: Sequence[Prediction], shadows: Sequence[Shadow] = ()) -> None:
        """Return when the predictions are durable, and the shadows with them.

        Raises
        ------
        JournalError
            When they could not be written, or too many wait already, or after `close`; then none of them was written.
        """
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def tell(failure: Exception | None) -> None:
            if durable.done():  # its caller has gone
                return
            if failure is None:
                durable.set_result(None)
            else:
                durable.set_exception(failure)

        self._require_room(predictions)
        self._queue.append(((predictions, shadows), tell))
        self.pending += len(predictions)
        self._send_soon()
        await durable

    def submit(self, predictions: Sequence[Prediction], tell: Tell) -> None:
        """Write predictions with all that waits: now, or as soon as the commit is over that is under way.

        Parameters
        ----------
        predictions
            What is written.
        tell
            Called once, with None when they are durable, or with what went wrong; it raises nothing.

        Raises
        ------
        JournalError
            See `record`; `tell` is not called then.
        """
        self._require_room(predictions)
        self._queue.append(((predictions, ()), tell))
        self.pending += len(predictions)
        if not self._is_writing:
            self._is_writing = True
            self._send()

    def _require_room(self, predictions: Sequence[Prediction]) -> None:
        """Refuse rows after the end, or beyond what may wait."""
        if self._closed:
            raise JournalError("takes no more rows: it is closed", where=self._journal.address)
        if self.pending + len(predictions) > self._max_pending:
            raise JournalError(
                f"{self.pending} rows wait for the database", where=self._journal.address, hint="try again later"
            )

    async def close(self) -> None:
        """Write what waits, then end the writer's thread; the journal itself stays open."""
        self._closed = True
        if self._is_writing:
            self._rest = asyncio.get_running_loop().create_future()
            await self._rest
        if self._writer.is_alive():
            self._batches.put(None)
            await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._settler.shutdown)

    def _send_soon(self) -> None:
        """Write what waits when this turn of the loop is over: what comes in the same turn shares a commit."""
        if not self._is_writing:
            self._is_writing = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        """Write the next batch: all that waits, up to a bound; a request is never divided."""
        made: list[Prediction] = []
        shadowed: list[Shadow] = []
        waiting: _Waiting = []
        while self._queue and (not made or len(made) + len(self._queue[0][0][0]) <= _ROWS_A_COMMIT):
            (predictions, shadows), tell = self._queue.popleft()
            made.extend(predictions)
            shadowed.extend(shadows)
            waiting.append(tell)
        is_small = len(made) + len(shadowed) <= _ROWS_AT_ONCE
        if self._is_quick and is_small and self._write_at_once(made, shadowed, waiting):
            return
        if not self._writer.is_alive():
            try:
                self._writer.start()
            except RuntimeError as error:  # no thread is to be had
                failure = JournalError(f"cannot be written ({error})", where=self._journal.address)
                self._written(len(made), waiting, failure, is_quick=True)
                return
        self._batches.put((asyncio.get_running_loop(), made, shadowed, waiting))

    def _write_at_once(self, made: list[Prediction], shadowed: list[Shadow], waiting: _Waiting) -> bool:
        """Write on the event loop; say whether it was done, which it is not while somebody else writes."""
        began = time.perf_counter()
        failure: Exception | None = None
        try:
            if not self._journal.record_at_once(made, shadowed):
                return False
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            failure = error
        self._written(len(made), waiting, failure, is_quick=time.perf_counter() - began < _SLOW_SECONDS)
        return True

    def _write(self) -> None:
        """Write batch after batch; the thread's whole life."""
        while (batch := self._batches.get()) is not None:
            loop, made, shadowed, waiting = batch
            failure: Exception | None = None
            began = time.perf_counter()
            try:
                self._journal.record_predictions(made, shadowed)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                failure = error
            is_quick = time.perf_counter() - began < _QUICK_SECONDS
            loop.call_soon_threadsafe(partial(self._written, len(made), waiting, failure, is_quick=is_quick))

    def _settle(self) -> None:
        """Have what was committed lately copied to its place, beside the commits: one that did it would be slow."""
        self._unsettled += 1
        if self._unsettled < _COMMITS_A_CHECKPOINT or not (self._settling is None or self._settling.done()):
            return
        self._unsettled = 0
        with suppress(RuntimeError):  # no thread is to be had: a commit will do it
            self._settling = self._settler.submit(self._journal.checkpoint)

    def _written(self, rows: int, waiting: _Waiting, failure: Exception | None, *, is_quick: bool) -> None:
        """Tell those who wait, and go on with what has come meanwhile."""
        self.pending -= rows
        self.commits += failure is None
        self._is_quick = is_quick and failure is None
        self._settle()
        for tell in waiting:
            tell(failure)
        self._is_writing = False
        if self._queue:
            self._send_soon()
        elif self._rest is not None:
            self._rest.set_result(None)
