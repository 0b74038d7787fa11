"""The write path of a service: what it promises is declared, in `[journal] durability`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from keepfit.journal.best_effort import BestEffort
from keepfit.journal.group_commit import GroupCommit, Tell
from keepfit.journal.records import Prediction, Shadow
from keepfit.journal.spill import Spill
from keepfit.journal.store import Journal
from keepfit.journal.write_behind import WriteBehind
from keepfit.project.journal_section import JournalSection


class Recorder(Protocol):
    """Writes what was answered; all methods belong to one event loop.

    Attributes
    ----------
    statement
        What an answer says of its durability; empty when it is durable.
    pending, spilled, dropped
        Rows that wait for the disk, rows that are in a spill, rows that were left out.
    waiting_seconds
        How long the oldest row has been waiting for the disk.
    commits
        How many there were.
    """

    @property
    def statement(self) -> str: ...  # noqa: D102 - see Attributes
    @property
    def pending(self) -> int: ...  # noqa: D102
    @property
    def spilled(self) -> int: ...  # noqa: D102
    @property
    def dropped(self) -> int: ...  # noqa: D102
    @property
    def waiting_seconds(self) -> float: ...  # noqa: D102
    @property
    def commits(self) -> int: ...  # noqa: D102

    def start(self) -> None:
        """Begin, in the event loop."""

    def submit(self, predictions: Sequence[Prediction], tell: Tell) -> None:
        """Take rows; `tell` is called once, with None when they may be answered for, or with what went wrong.

        Raises
        ------
        JournalError
            When they are not taken; `tell` is not called then.
        """

    async def record(self, predictions: Sequence[Prediction], shadows: Sequence[Shadow] = ()) -> None:
        """Return when the rows may be answered for.

        Raises
        ------
        JournalError
            When they are not taken, or could not be written.
        """

    async def close(self) -> None:
        """Write what waits, and take no more."""


def open_recorder(journal: Journal, section: JournalSection, spill_folder: Path) -> Recorder:
    """Return the write path that a project declares.

    Parameters
    ----------
    journal
        Open; whoever opened it closes it.
    section
        The declaration.
    spill_folder
        Where rows go in the mode `relaxed` while the database is away.
    """
    if section.durability == "relaxed":
        return WriteBehind(
            journal,
            Spill(spill_folder),
            most_rows=section.relaxed_rows,
            most_milliseconds=section.relaxed_milliseconds,
        )
    return BestEffort(journal) if section.durability == "off" else GroupCommit(journal)
