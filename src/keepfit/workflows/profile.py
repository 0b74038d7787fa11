"""`keepfit profile`: rows counted in the bins of the champion's reference, as a file that adds up with others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from keepfit.bundle import Bundle
from keepfit.clock import stamp_exactly
from keepfit.errors import MonitoringError
from keepfit.journal import Window
from keepfit.monitoring.ignored_columns import not_kept_columns
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.named_paths import require_folder
from keepfit.profiles.profile_file import KeptProfile
from keepfit.project.environment import with_variables
from keepfit.reporting import write_json
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.windows.journal import journal_window, require_span, with_labels_of
from keepfit.workflows.windows.profiles import is_profile
from keepfit.workflows.windows.service import service_profile
from keepfit.workflows.windows.sql_source import SqlSource


@dataclass(frozen=True, slots=True)
class ProfileTask:
    """What is to be counted: one of a file, a table of a database, a service, or else the journal.

    Attributes
    ----------
    out
        The file that is written.
    table
        A CSV or Parquet file.
    since, until
        Of the journal, what was answered at this time or later, and before this time: all of it, and the newest
        `[monitoring] window_rows` where neither is given.
    scores
        Whether the champion scores the rows of a file that has no column `probability`.
    sql
        A table of a database; its URL may hold `${NAME}` for what the environment has.
    url
        Of a service: what it has answered since its start.
    """

    out: Path
    table: Path | None = None
    since: datetime | None = None
    until: datetime | None = None
    scores: bool = False
    sql: SqlSource | None = None
    url: str | None = None


def profile(rooms: Rooms, task: ProfileTask, *, on_progress: Progress = no_progress) -> KeptProfile:
    """Count rows and write their profile.

    Raises
    ------
    BundleError
        When there is no champion.
    ClientError
        When the service cannot be asked, or has answered nothing yet; see `service_profile`.
    DatasetError
        When the table is no window of the champion's; see `file_window` and `sql_window`.
    MonitoringError
        When two sources are named, or what is named does not go with the source; a value is none of its column's; or
        there is no row.
    KeepfitError
        When there is no folder for the file, or it cannot be written.
    """
    _require_one_source(task)
    champion = rooms.store.champion()
    if task.url is not None:
        kept = service_profile(task.url, champion, rooms.environment)
    else:
        dropped = frozenset[str]() if task.table or task.sql else rooms.redaction().dropped
        not_kept = tuple(sorted(not_kept_columns(dropped, champion.facts.signature)))
        kept = _kept(champion, _window(rooms, task, champion, on_progress), not_kept)
    write_json(kept.to_dict(), task.out)
    rooms.log.add("profile", f"v{kept.version}, {kept.profile.rows} rows of {kept.source} to {task.out}")
    return kept


def _kept(champion: Bundle, window: ObservedWindow, not_kept: tuple[str, ...]) -> KeptProfile:
    first_at, last_at = (None if at is None else stamp_exactly(at) for at in (window.first_at, window.last_at))
    name, version = champion.facts.name, champion.facts.version
    return KeptProfile(name, version, window.source, first_at, last_at, window.profile, not_kept)


def _window(rooms: Rooms, task: ProfileTask, champion: Bundle, on_progress: Progress) -> ObservedWindow:
    if task.table is not None:
        from keepfit.workflows.windows.table_file import file_window  # noqa: PLC0415 - polars, which a journal needs not

        return file_window(rooms, task.table, champion, scores=task.scores, on_progress=on_progress).window
    if task.sql is not None:
        from keepfit.workflows.windows.database import sql_window  # noqa: PLC0415 - as above

        url = with_variables(task.sql.url, rooms.environment, where="--sql")
        return sql_window(replace(task.sql, url=url), champion, on_progress=on_progress)
    rows = rooms.project.monitoring.window_rows if task.since is None and task.until is None else None
    version = champion.facts.version
    project = rooms.project.name
    with rooms.journal() as journal:
        journal.match_labels(project)
        window = journal_window(journal, Window(project, rows, task.since, task.until, version), champion)
        if not window.profile.rows:
            hint = "let it answer some, or name another time"
            raise MonitoringError(f"has no prediction of v{version} to be counted", where="journal", hint=hint)
        return with_labels_of(journal, window, champion, project)


def _require_one_source(task: ProfileTask) -> None:
    named = [name for name, one in (("a file", task.table), ("--sql", task.sql), ("--url", task.url)) if one]
    if len(named) > 1:
        raise MonitoringError(f"{' and '.join(named)} are named", where="profile", hint="count one, then the other")
    if named and (task.since or task.until):
        raise MonitoringError("--since and --until are times of the journal", where="profile", hint="leave them out")
    require_span(task.since, task.until)
    if not is_profile(task.out):
        raise MonitoringError("a profile is a .json file", where=str(task.out), hint="a check knows it by that")
    require_folder(task.out, "--out")
    if task.scores and task.table is None:
        hint = "leave --score out; a table of a database may have a column `probability`"
        raise MonitoringError("only the rows of a file are scored", where="profile", hint=hint)
