"""Answers before they are durable, within a bound that is stated: the mode `relaxed`.

An answer may be given as long as fewer than so many rows, none of them older than so many milliseconds, wait for the
disk. So a crash loses at most that many answers, all of them given within that time. Beyond the bound a request waits,
as in strict mode. While the database is away rows go to a spill, which is as durable, and from there into the database,
once. As soon as it takes rows again, new ones go straight to it, and what is in the spill beside them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from keepfit.errors import JournalError
from keepfit.journal.group_commit import GroupCommit, Tell, settle
from keepfit.journal.records import Prediction, Shadow
from keepfit.journal.spill import Spill
from keepfit.journal.store import Journal

_PAUSE_SECONDS = 0.5
_PATIENCE_SECONDS = 3.0
_MOST_WAITING = 10_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Sent:
    """Rows on their way to the disk.

    Attributes
    ----------
    made, came
        The rows, and when they came, by `time.monotonic`.
    tell
        Who waits for them; None when the answer was given.
    is_over
        Whether they are on a disk, or refused.
    """

    made: Sequence[Prediction]
    came: float
    tell: Tell | None
    is_over: bool = False


class WriteBehind:
    """The journal's write path for one event loop in the mode `relaxed`; see `Recorder`.

    Parameters
    ----------
    journal
        Where predictions go.
    spill
        Where they go while the database is away.
    most_rows, most_milliseconds
        The bound.
    """

    def __init__(self, journal: Journal, spill: Spill, *, most_rows: int, most_milliseconds: int) -> None:
        self._journal = journal
        self._commits = GroupCommit(journal, on_loop=False)
        self._spill = spill
        self._most_rows = most_rows
        self._most_seconds = most_milliseconds / 1000
        self._way: deque[_Sent] = deque()
        self._to_spill: list[_Sent] = []
        self._is_away = False
        self._draining: asyncio.Task[None] | None = None
        # threads of its own: others may all wait for the database
        self._adder, self._replayer = (ThreadPoolExecutor(1, thread_name_prefix=name) for name in ("spill", "replay"))
        self._woken = asyncio.Event()
        self._is_closed = self._is_last = False
        self.statement = f"relaxed; rows={most_rows}; milliseconds={most_milliseconds}"
        self.pending = 0
        self.dropped = 0

    @property
    def spilled(self) -> int:
        """Rows that are in the spill."""
        return self._spill.rows

    @property
    def commits(self) -> int:
        """How many there were."""
        return self._commits.commits

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest row has been waiting for a disk."""
        return time.monotonic() - self._way[0].came if self._way else 0.0

    def start(self) -> None:
        """Bring into the journal what was left behind by who died."""
        self._drain_soon()

    def submit(self, predictions: Sequence[Prediction], tell: Tell) -> None:
        """Take rows; `tell` is called at once within the bound, else when they are durable.

        Raises
        ------
        JournalError
            When too many rows wait, or after `close`; `tell` is not called then.
        """
        if self._is_closed or self.pending + len(predictions) > _MOST_WAITING:
            said = "takes no more rows: it is closed" if self._is_closed else f"{self.pending} rows wait for the disk"
            raise JournalError(said, where=self._journal.address, hint="try again later")
        now = time.monotonic()
        is_within = self.pending + len(predictions) <= self._most_rows and (
            not self._way or now - self._way[0].came < self._most_seconds
        )
        sent = _Sent(predictions, now, None if is_within else tell)
        self.pending += len(predictions)
        self._way.append(sent)
        if self._is_away:
            self._spill_soon(sent)
        else:
            try:
                self._commits.submit(predictions, partial(self._written, sent))
            except JournalError as error:
                self._written(sent, error)
        if is_within:
            tell(None)

    async def record(self, predictions: Sequence[Prediction], shadows: Sequence[Shadow] = ()) -> None:
        """Return when the rows may be answered for; what a challenger answered is written if it can be.

        Raises
        ------
        JournalError
            See `submit`.
        """
        if shadows:
            await self._commits.record([], shadows)
        if predictions:
            taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.submit(predictions, partial(settle, taken))
            await taken

    async def close(self) -> None:
        """Write what waits, into the journal or into the spill."""
        self._is_closed = True
        await self._commits.close()
        self._is_last = True  # nothing comes to the spill any more but what it has got already
        while True:
            self._drain_soon()
            if self._draining is not None:
                await asyncio.wait((self._draining,))
            await asyncio.sleep(0)  # `_drained` hears of it
            if self._draining is None and not self._to_spill:
                break
        self._adder.shutdown()
        self._replayer.shutdown(wait=False, cancel_futures=True)
        self._spill.close()

    def _written(self, sent: _Sent, failure: Exception | None) -> None:
        """Hear from the journal: what it did not take goes to the spill."""
        if failure is None:
            self._end(sent, None)
            return
        if not self._is_away:
            _log.error("predictions go to the spill: %s", failure)
        self._is_away = True
        self._spill_soon(sent)

    def _end(self, sent: _Sent, failure: Exception | None) -> None:
        """Let go of rows, and tell who waits for them."""
        sent.is_over = True
        self.pending -= len(sent.made)
        while self._way and self._way[0].is_over:
            self._way.popleft()
        if sent.tell is not None:
            sent.tell(failure)

    def _spill_soon(self, sent: _Sent) -> None:
        self._to_spill.append(sent)
        self._drain_soon()

    def _drain_soon(self) -> None:
        self._woken.set()
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
            self._draining.add_done_callback(self._drained)

    def _drained(self, task: asyncio.Task[None]) -> None:
        """Let the next one begin, whatever ended this one."""
        self._draining = None
        if not task.cancelled() and task.exception() is not None:
            _log.critical("the spill stood still, and is begun again", exc_info=task.exception())
        if self._to_spill:
            self._drain_soon()

    async def _drain(self) -> None:
        """Spill what comes, and bring the spill into the journal, until all of it is there."""
        replay = self._replay_soon(0.0)
        while True:
            self._woken.clear()
            if self._to_spill:
                await self._spill_all()
            if replay.done():
                failure = replay.exception()
                if failure is not None and not self._is_away:
                    _log.error("the spill is not taken by the journal: %s", failure)
                self._is_away = failure is not None
                if self._is_last or (failure is None and self._spill.is_empty):
                    break
                replay = self._replay_soon(0.0 if failure is None and replay.result() else _PAUSE_SECONDS)
            elif self._is_last:
                await asyncio.wait((replay,), timeout=_PATIENCE_SECONDS)
                break
            await self._woken.wait()

    def _replay_soon(self, seconds: float) -> asyncio.Task[int]:
        replay = asyncio.create_task(self._replay_after(seconds))
        replay.add_done_callback(lambda _: self._woken.set())
        return replay

    async def _replay_after(self, seconds: float) -> int:
        await asyncio.sleep(seconds)
        replay = partial(self._spill.replay, self._journal)
        return await asyncio.get_running_loop().run_in_executor(self._replayer, replay)

    async def _spill_all(self) -> None:
        """Write all that waits for the spill to it; what it does not take, and was answered for, is tried again."""
        taken, self._to_spill = self._to_spill, []
        rows = [made for sent in taken for made in sent.made]
        try:
            await asyncio.get_running_loop().run_in_executor(self._adder, self._spill.add, rows)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            _log.critical("%d answered predictions are nowhere but in memory: %s", self.pending, error)
            for sent in taken:
                if sent.tell is not None or self._is_last:
                    self.dropped += len(sent.made) if sent.tell is None else 0
                    self._end(sent, error)
            self._to_spill = [*(sent for sent in taken if not sent.is_over), *self._to_spill]
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            for sent in taken:
                self._end(sent, None)
