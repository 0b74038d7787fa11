"""`keepfit journal stats`, `tail` and `show`: what the journal says."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.errors import JournalError
from keepfit.journal import Event, LabelledPrediction
from keepfit.journal.dossier import Dossier, read_dossier
from keepfit.journal.spill import DAMAGED, SUFFIX
from keepfit.journal.summary import Summary, summarise
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class JournalStats:
    """What the journal holds of a project, and what waits beside it."""

    address: str
    summary: Summary
    spill_files: int


def stats(rooms: Rooms) -> JournalStats:
    """Count what the journal holds of the project; labels that waited for their prediction are matched first."""
    with rooms.journal() as journal:
        journal.match_labels(rooms.project.name)
        waiting = [path for path in rooms.workspace.spill.glob("*") if path.suffix in (SUFFIX, DAMAGED)]
        return JournalStats(journal.address, summarise(journal, rooms.project.name), len(waiting))


def tail(rooms: Rooms, *, rows: int) -> list[LabelledPrediction]:
    """Return the newest predictions, the oldest of them first."""
    with rooms.journal() as journal:
        return journal.window(rooms.project.name, rows=rows)


def recent_events(rooms: Rooms, *, rows: int) -> list[Event]:
    """Return the newest events, the oldest of them first."""
    with rooms.journal() as journal:
        return journal.events(rooms.project.name, limit=rows)


def show(rooms: Rooms, prediction_id: str) -> Dossier:
    """Return all that is known of a prediction.

    Raises
    ------
    JournalError
        When it is not there.
    """
    with rooms.journal() as journal:
        found = read_dossier(journal, rooms.project.name, prediction_id)
        if found is None:
            raise JournalError(
                f'{rooms.project.name} has no prediction "{prediction_id}"',
                where=journal.address,
                hint="the id is in the answer, and in `keepfit journal tail`",
            )
        return found
