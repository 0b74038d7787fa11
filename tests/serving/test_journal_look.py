"""Looks at the journal: as many as one likes cost one thread."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest

from keepfit.errors import JournalError
from keepfit.serving import journal_look
from keepfit.serving.journal_look import JournalLook


def test_a_journal_that_stands_still_is_looked_at_once(monkeypatch):
    """A hundred who ask hear that it does not answer; when it does, the next look is a new one."""
    monkeypatch.setattr(journal_look, "_PATIENCE_SECONDS", 0.05)
    answers, looks = threading.Event(), []

    def look() -> None:
        looks.append(1)
        answers.wait(20)

    async def story() -> None:
        asked = JournalLook(SimpleNamespace(require_writable=look, address="sqlite:///x"))
        told = await asyncio.gather(*(asked.require_writable() for _ in range(100)), return_exceptions=True)
        assert {str(one) for one in told} == {"sqlite:///x: the database does not answer"}
        assert len(looks) == 1
        answers.set()
        monkeypatch.setattr(journal_look, "_PATIENCE_SECONDS", 20.0)
        await asked.require_writable()
        await asked.require_writable()
        assert len(looks) in (2, 3)  # the first of these may have met the end of the old one

    asyncio.run(story())


def test_what_the_journal_says_is_passed_on():
    """Everybody who asks hears why."""

    def refuse() -> None:
        raise JournalError("no space is left")

    with pytest.raises(JournalError, match="no space is left"):
        asyncio.run(JournalLook(SimpleNamespace(require_writable=refuse, address="x")).require_writable())
