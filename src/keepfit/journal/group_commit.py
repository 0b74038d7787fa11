"""Group commit: concurrent requests share a transaction, without a fixed wait.

What queued while the last commit ran is the next batch. A lone request pays one commit and nothing more; under load
a commit is shared by all that came meanwhile.

Where the disk is quick, a commit takes less time than to wake a thread for it: then it is done on the event loop. The
first slow one sends the next to a thread, until they are quick again.

Nobody waits for a database that does not answer: after a bound those who wait are told so, whoever comes is turned away
at once, and it is tried again soon.

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
from dataclasses import dataclass
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
_PATIENCE_SECONDS = 2.0  # for one commit
_TOLD_LATE_SECONDS = 0.1  # a failure that took longer is not tried again at once
_PAUSE_SECONDS = 0.5
_LAST_SECONDS = 4.0  # all who wait were told by then
_COMMITS_A_CHECKPOINT = 150  # about 1000 pages
Tell = Callable[[Exception | None], None]
_Rows = tuple[Sequence[Prediction], Sequence[Shadow]]


def settle(waiting: asyncio.Future[None], failure: Exception | None) -> None:
    """Tell who awaits a future, unless he has gone."""
    if waiting.done():
        return
    if failure is None:
        waiting.set_result(None)
    else:
        waiting.set_exception(failure)


@dataclass(slots=True)
class _Batch:
    """Rows of one transaction, and who waits for it."""

    made: list[Prediction]
    shadowed: list[Shadow]
    waiting: list[Tell]


class GroupCommit:
    """The journal's write path for one event loop in the mode `strict`; see `Recorder`.

    All methods belong to that loop. It writes on the loop where the disk is quick, else in a thread of its own. A
    caller that is cancelled breaks no other; its rows are written all the same.

    Parameters
    ----------
    journal
        Where predictions go.
    max_pending
        Rows that may wait; beyond it a request is turned away at once.
    on_loop
        Whether a quick commit may be done on the event loop.
    is_patient
        Whether who waits for a database that does not answer goes on waiting.
    """

    statement = ""

    def __init__(
        self, journal: Journal, *, max_pending: int = _MAX_PENDING, on_loop: bool = True, is_patient: bool = False
    ) -> None:
        self._journal = journal
        self._max_pending = max_pending
        self._on_loop = on_loop
        self._is_patient = is_patient
        self._queue: deque[tuple[_Rows, Tell, float]] = deque()
        self._batches: SimpleQueue[tuple[asyncio.AbstractEventLoop, _Batch] | None] = SimpleQueue()
        self._alarm: asyncio.TimerHandle | None = None
        self._is_stuck = False
        self._refused_until = 0.0
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._checkpointer = ThreadPoolExecutor(1, thread_name_prefix="journal-checkpoint")
        self._checkpointing: Future[None] | None = None
        self._commits_since = 0
        self._is_writing = False
        self._is_quick = True
        self._rest: asyncio.Future[None] | None = None
        self._closed = False
        self._came: float | None = None  # the oldest row of the batch that is being written
        self.pending = 0
        self.commits = 0
        self.spilled = self.dropped = 0

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest row has been waiting for its commit."""
        came = [self._came] if self._came is not None else [one[2] for one in list(self._queue)[:1]]
        return time.monotonic() - came[0] if came else 0.0

    def start(self) -> None:
        """Begin: nothing was left behind."""

    async def record(self, predictions: Sequence[Prediction], shadows: Sequence[Shadow] = ()) -> None:
        """Return when the predictions are durable, and the shadows with them.

        Raises
        ------
        JournalError
            When they could not be written, or too many wait already, or after `close`; or nobody knows, since the
            database has not answered.
        """
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._require_room(predictions)
        self._queue.append(((predictions, shadows), partial(settle, durable), time.monotonic()))
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
        self._queue.append(((predictions, ()), tell, time.monotonic()))
        self.pending += len(predictions)
        if not self._is_writing:
            self._is_writing = True
            self._send()

    def _require_room(self, predictions: Sequence[Prediction]) -> None:
        """Refuse rows after the end, beyond what may wait, or for a database that has just not answered."""
        if self._closed:
            raise JournalError("takes no more rows: it is closed", where=self._journal.address)
        if self._is_stuck or time.monotonic() < self._refused_until:
            raise JournalError("the database does not answer", where=self._journal.address, hint="try again later")
        if self.pending + len(predictions) > self._max_pending:
            raise JournalError(
                f"{self.pending} rows wait for the database", where=self._journal.address, hint="try again later"
            )

    async def close(self) -> None:
        """Write what waits, then end the writer's thread; the journal itself stays open.

        A database that does not answer is waited for as long as for any commit, and then let go.
        """
        self._closed = True
        if self._is_writing:
            self._rest = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._rest,), timeout=_LAST_SECONDS)
            if not self._rest.done():
                await asyncio.to_thread(self._journal.cut)
            await self._rest
        if self._writer.is_alive():
            self._batches.put(None)
            await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._checkpointer.shutdown)

    def _send_soon(self) -> None:
        """Write what waits when this turn of the loop is over: what comes in the same turn shares a commit."""
        if not self._is_writing:
            self._is_writing = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        """Write the next batch: all that waits, up to a bound; a request is never divided."""
        batch = _Batch([], [], [])
        self._came = self._queue[0][2] if self._queue else None
        while self._queue and (not batch.made or len(batch.made) + len(self._queue[0][0][0]) <= _ROWS_A_COMMIT):
            (predictions, shadows), tell, _ = self._queue.popleft()
            batch.made.extend(predictions)
            batch.shadowed.extend(shadows)
            batch.waiting.append(tell)
        is_small = len(batch.made) + len(batch.shadowed) <= _ROWS_AT_ONCE
        if self._on_loop and self._is_quick and is_small and self._write_at_once(batch):
            return
        if not self._writer.is_alive():
            try:
                self._writer.start()
            except RuntimeError as error:  # no thread is to be had
                failure = JournalError(f"cannot be written ({error})", where=self._journal.address)
                self._written(batch, failure, seconds=0.0, is_quick=True)
                return
        loop = asyncio.get_running_loop()
        if not self._is_patient:
            self._alarm = loop.call_later(_PATIENCE_SECONDS, self._give_up, batch)
        self._batches.put((loop, batch))

    def _write_at_once(self, batch: _Batch) -> bool:
        """Write on the event loop; say whether it was done, which it is not while somebody else writes."""
        began = time.perf_counter()
        failure: Exception | None = None
        try:
            if not self._journal.record_at_once(batch.made, batch.shadowed):
                return False
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            failure = error
        seconds = time.perf_counter() - began
        self._written(batch, failure, seconds=seconds, is_quick=seconds < _SLOW_SECONDS)
        return True

    def _write(self) -> None:
        """Write batch after batch; the thread's whole life."""
        while (sent := self._batches.get()) is not None:
            loop, batch = sent
            failure: Exception | None = None
            began = time.perf_counter()
            try:
                self._journal.record_predictions(batch.made, batch.shadowed)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                failure = error
            seconds = time.perf_counter() - began
            is_quick = seconds < _QUICK_SECONDS
            loop.call_soon_threadsafe(partial(self._written, batch, failure, seconds=seconds, is_quick=is_quick))

    def _give_up(self, batch: _Batch) -> None:
        """Tell those who wait that the database does not answer; the writer may find that it did, later."""
        self._is_stuck = True
        told, batch.waiting = batch.waiting, []
        self._refuse(told)

    def _refuse(self, told: list[Tell]) -> None:
        """Tell these, and all who have not been sent yet, that the database does not answer."""
        while self._queue:
            (predictions, _), tell, _ = self._queue.popleft()
            self.pending -= len(predictions)
            told.append(tell)
        failure = JournalError("the database does not answer", where=self._journal.address, hint="try again later")
        for tell in told:
            tell(failure)

    def _checkpoint_at_times(self) -> None:
        """Have what was committed lately copied to its place, beside the commits: one that did it would be slow."""
        self._commits_since += 1
        if self._commits_since < _COMMITS_A_CHECKPOINT or not (
            self._checkpointing is None or self._checkpointing.done()
        ):
            return
        self._commits_since = 0
        with suppress(RuntimeError):  # no thread is to be had: a commit will do it
            self._checkpointing = self._checkpointer.submit(self._journal.checkpoint)

    def _written(self, batch: _Batch, failure: Exception | None, *, seconds: float, is_quick: bool) -> None:
        """Tell those who wait, and go on with what has come meanwhile."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._is_stuck, self._came = False, None
        self.pending -= len(batch.made)
        self.commits += failure is None
        self._is_quick = is_quick and failure is None
        self._checkpoint_at_times()
        for tell in batch.waiting:
            tell(failure)
        if failure is not None and seconds > _TOLD_LATE_SECONDS:
            self._refused_until = time.monotonic() + _PAUSE_SECONDS
            self._refuse([])
        self._is_writing = False
        if self._queue:
            self._send_soon()
        elif self._rest is not None:
            self._rest.set_result(None)
