"""Answers before they are durable, within a bound that is stated: the mode `relaxed`.

An answer may be given as long as fewer than so many rows, none of them older than so many milliseconds, wait for the
disk. So a crash loses at most that many answers, all of them given within that time. Beyond the bound a request waits,
as in strict mode. While the database is away rows go to a spill, which is as durable, and from there into the database,
once.
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
        self._away: asyncio.Task[None] | None = None
        # threads of its own: others may all wait for the database
        self._adder, self._replayer = (ThreadPoolExecutor(1, thread_name_prefix=name) for name in ("spill", "replay"))
        self._woken = asyncio.Event()
        self._is_closed = False
        self.statement = f"relaxed; rows={most_rows}; milliseconds={most_milliseconds}"
        self.pending = 0
        self.dropped = 0

    @property
    def spilled(self) -> int:
        """Rows that are in the spill."""
        return self._spill.rows

    def start(self) -> None:
        """Bring into the journal what was left behind by who died."""
        self._go_away()

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
        if self._away is None:
            try:
                self._commits.submit(predictions, partial(self._written, sent))
            except JournalError as error:
                self._written(sent, error)
        else:
            self._spill_soon(sent)
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
        if self._away is not None:
            self._woken.set()
            await self._away
        self._adder.shutdown()
        self._replayer.shutdown()
        self._spill.close()

    def _written(self, sent: _Sent, failure: Exception | None) -> None:
        """Hear from the journal: what it did not take goes to the spill."""
        if failure is None:
            self._end(sent, None)
            return
        if self._away is None:
            _log.error("predictions go to the spill: %s", failure)
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
        self._woken.set()
        self._go_away()

    def _go_away(self) -> None:
        if self._away is None:
            self._away = asyncio.create_task(self._live_away())

    async def _live_away(self) -> None:
        """Spill what comes, and try to bring the spill into the journal, until all of it is there."""
        replay: asyncio.Task[int] | None = None
        pause = 0.0
        while True:
            self._woken.clear()
            if self._to_spill:
                await self._spill_all()
            if replay is not None and replay.done():
                has_failed, replay = replay.exception() is not None, None
                if not has_failed and not self._to_spill and self._spill.is_empty:
                    break
                pause = _PAUSE_SECONDS if has_failed else 0.0
            if self._is_closed and not self._to_spill:
                break
            if replay is None:
                replay = asyncio.create_task(self._replay_after(pause))
                replay.add_done_callback(lambda _: self._woken.set())
            await self._woken.wait()
        if replay is not None:
            await asyncio.wait((replay,))
        self._away = None

    async def _replay_after(self, seconds: float) -> int:
        await asyncio.sleep(seconds)
        replay = partial(self._spill.replay, self._journal)
        return await asyncio.get_running_loop().run_in_executor(self._replayer, replay)

    async def _spill_all(self) -> None:
        """Write all that waits for the spill to it; what it does not take, and was answered for, is tried again."""
        taken, self._to_spill = self._to_spill, []
        try:
            rows = [made for sent in taken for made in sent.made]
            await asyncio.get_running_loop().run_in_executor(self._adder, self._spill.add, rows)
        except JournalError as error:
            _log.critical("%d answered predictions are nowhere but in memory: %s", self.pending, error)
            for sent in taken:
                if sent.tell is not None or self._is_closed:
                    self._end(sent, error)
            self._to_spill = [*(sent for sent in taken if not sent.is_over), *self._to_spill]
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            for sent in taken:
                self._end(sent, None)
