"""`keepfit profile`: rows counted in the bins of the champion's reference, as a file that adds up with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keepfit.bundle import Bundle
from keepfit.clock import stamp_exactly
from keepfit.journal import Window
from keepfit.monitoring.observed import ObservedWindow
from keepfit.profiles.kept import KeptProfile
from keepfit.reporting import write_json
from keepfit.workflows.file_window import file_window
from keepfit.workflows.journal_window import journal_window
from keepfit.workflows.rooms import Progress, Rooms, no_progress


@dataclass(frozen=True, slots=True)
class ProfileTask:
    """What is to be counted.

    Attributes
    ----------
    out
        The file that is written.
    table
        A CSV or Parquet file; None for the journal.
    since, until
        Of the journal, what was answered at this time or later, and before this time: all of it, and the newest
        `[monitoring] window_rows` where neither is given.
    scores
        Whether the champion scores the rows of a table that has no column `probability`.
    """

    out: Path
    table: Path | None = None
    since: datetime | None = None
    until: datetime | None = None
    scores: bool = False


def profile(rooms: Rooms, task: ProfileTask, *, on_progress: Progress = no_progress) -> KeptProfile:
    """Count rows and write their profile.

    Raises
    ------
    BundleError
        When there is no champion.
    DatasetError, MonitoringError
        When the table is no window of the champion's; see `file_window`.
    KeepfitError
        When the file cannot be written.
    """
    champion = rooms.store.champion()
    window = _window(rooms, task, champion, on_progress)
    first_at, last_at = (None if at is None else stamp_exactly(at) for at in (window.first_at, window.last_at))
    facts = champion.facts
    kept = KeptProfile(facts.name, facts.version, window.source, first_at, last_at, window.profile)
    write_json(kept.to_dict(), task.out)
    rooms.log.add("profile", f"v{facts.version}, {window.profile.rows} rows of {window.source} to {task.out}")
    return kept


def _window(rooms: Rooms, task: ProfileTask, champion: Bundle, on_progress: Progress) -> ObservedWindow:
    if task.table is not None:
        return file_window(rooms, task.table, champion, scores=task.scores, on_progress=on_progress).window
    rows = rooms.project.monitoring.window_rows if task.since is None and task.until is None else None
    version = champion.facts.version
    with rooms.journal() as journal:
        return journal_window(journal, Window(rooms.project.name, rows, task.since, task.until, version), champion)
