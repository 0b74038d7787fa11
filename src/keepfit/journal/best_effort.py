"""Answers that nobody waits for to be written: the mode `off`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from keepfit.errors import JournalError
from keepfit.journal.group_commit import GroupCommit, Tell
from keepfit.journal.records import Prediction, Shadow
from keepfit.journal.store import Journal

_log = logging.getLogger(__name__)


class BestEffort:
    """The journal's write path for one event loop in the mode `off`; see `Recorder`.

    Rows are written when they can be; those that cannot are left out, and counted.

    Parameters
    ----------
    journal
        Where predictions go.
    """

    statement = "off"
    spilled = 0

    def __init__(self, journal: Journal) -> None:
        self._commits = GroupCommit(journal, on_loop=False, is_patient=True)
        self.dropped = 0

    @property
    def pending(self) -> int:
        """Rows that wait for their commit."""
        return self._commits.pending

    @property
    def commits(self) -> int:
        """How many there were."""
        return self._commits.commits

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest row has been waiting for its commit."""
        return self._commits.waiting_seconds

    def start(self) -> None:
        """Begin: nothing was left behind."""

    def submit(self, predictions: Sequence[Prediction], tell: Tell) -> None:
        """Take rows, and say at once that they may be answered for."""
        try:
            self._commits.submit(predictions, partial(self._written, len(predictions)))
        except JournalError as error:
            self._written(len(predictions), error)
        tell(None)

    async def record(self, predictions: Sequence[Prediction], shadows: Sequence[Shadow] = ()) -> None:
        """Take rows; what a challenger answered is waited for.

        Raises
        ------
        JournalError
            When what a challenger answered could not be written.
        """
        if shadows:
            await self._commits.record([], shadows)
        if predictions:
            self.submit(predictions, lambda _: None)
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Write what waits."""
        await self._commits.close()

    def _written(self, rows: int, failure: Exception | None) -> None:
        if failure is not None:
            if not self.dropped:
                _log.error("predictions are left out of the journal: %s", failure)
            self.dropped += rows
