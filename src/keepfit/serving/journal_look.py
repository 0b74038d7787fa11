"""Whether the journal takes writes, asked by anybody and as often as they like."""

from __future__ import annotations

import asyncio

from keepfit.errors import JournalError
from keepfit.journal import Journal

_PATIENCE_SECONDS = 2.0


class JournalLook:
    """Looks at a journal, one look at a time: a database that stands still keeps one thread, and nobody long.

    Parameters
    ----------
    journal
        Which one.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._look: asyncio.Future[None] | None = None

    async def require_writable(self) -> None:
        """Return when the journal takes writes.

        Raises
        ------
        JournalError
            When it does not, or has not answered in time.
        """
        if self._look is None or self._look.done():
            self._look = asyncio.ensure_future(asyncio.to_thread(self._journal.require_writable))
        try:
            await asyncio.wait_for(asyncio.shield(self._look), _PATIENCE_SECONDS)
        except TimeoutError as error:
            raise JournalError("the database does not answer", where=self._journal.address) from error
