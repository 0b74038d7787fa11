"""`keepfit journal verify`, `forget` and `retire`: what is owed to auditors, to persons, and to the disk."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.clock import utc_now
from keepfit.errors import JournalError, ProjectError
from keepfit.journal import Journal
from keepfit.journal.archives import erase_from_archives
from keepfit.journal.erasure import forget as forget_in_journal
from keepfit.journal.months import month_at
from keepfit.journal.retention import Retired
from keepfit.journal.retention import retire as retire_from_journal
from keepfit.journal.spill import DAMAGED, SUFFIX, Spill
from keepfit.journal.verification import Verification
from keepfit.journal.verification import verify as verify_journal
from keepfit.scoring.record_reader import ENTITY_EXPECTED, entity_text
from keepfit.workflows.configuration import note_configuration
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a person was erased from: predictions and labels of the journal, and rows of both in its archives."""

    predictions: int
    labels: int
    archived: int


def verify(rooms: Rooms, *, head: str | None = None) -> Verification:
    """Look for what is missing, twice there, or altered in the journal; see `keepfit.journal.verification`."""
    with rooms.journal() as journal:
        return verify_journal(journal, key=rooms.journal_key, head=head)


def forget(rooms: Rooms, entity: str) -> Forgotten:
    """Erase what the journal, its spill and its archives hold of a person; the counts and the chain stay.

    Raises
    ------
    JournalError
        When nobody can be called so, or a spill still holds rows: nothing was erased then.
    """
    whom = entity_text(entity)
    if whom is None:
        raise JournalError(f"an entity {ENTITY_EXPECTED}", where="--entity")
    kept = rooms.redaction().entity(whom)
    names = {whom, kept or whom}  # rows of before a hash was declared have the name itself
    predictions = labels = archived = 0
    with rooms.journal() as journal:
        _empty_spill(rooms, journal)
        for name in sorted(names):
            done = forget_in_journal(journal, rooms.project.name, name, actor=rooms.actor)
            archived += erase_from_archives(rooms.workspace.archive, rooms.project.name, name)
            predictions, labels = predictions + done.rows, labels + done.labels
    rooms.log.add("forget", f"{predictions} predictions, {labels} labels, {archived} archived rows")
    return Forgotten(predictions, labels, archived)


def retire(rooms: Rooms) -> Retired:
    """Move the months that `[journal] retention_months` lets go into Parquet files of the workspace.

    Raises
    ------
    ProjectError
        When nothing is declared.
    """
    months = rooms.project.journal.retention_months
    if months is None:
        raise ProjectError(
            "is not declared: everything is kept",
            where=f"{rooms.file.name}: [journal] retention_months",
            hint="say for how many months predictions stay in the database",
        )
    before = month_at(utc_now()).before(months)
    with rooms.journal() as journal:
        note_configuration(rooms, journal)  # the rule that they left by
        done = retire_from_journal(
            journal, rooms.project.name, before=before, folder=rooms.workspace.archive, actor=rooms.actor
        )
    rooms.log.add("retire", ", ".join(f"{one.month}: {one.rows} predictions" for one in done.months) or "nothing")
    return done


def _empty_spill(rooms: Rooms, journal: Journal) -> None:
    """Bring into the journal what a spill holds, so that nothing of a person stays there."""
    spill = Spill(rooms.workspace.spill)
    try:
        spill.replay(journal)
    finally:
        spill.close()
    damaged = sorted(rooms.workspace.spill.glob(f"*{DAMAGED}"))
    if damaged:
        raise JournalError(
            f"{len(damaged)} damaged files may hold rows of this person",
            where=str(damaged[0]),
            hint="look at their lines, and remove them; then try again",
        )
    left = sorted(rooms.workspace.spill.glob(f"*{SUFFIX}"))
    if left:
        raise JournalError(
            f"{len(left)} files of predictions are not in the journal yet",
            where=str(rooms.workspace.spill),
            hint="a service that runs brings them in when the database is back; then try again",
        )
