"""What is asked of a check, and what of it contradicts itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keepfit.errors import MonitoringError
from keepfit.monitoring.check_event import Asked
from keepfit.workflows.windows.journal import require_span
from keepfit.workflows.windows.profiles import is_profile


@dataclass(frozen=True, slots=True)
class CheckTask:
    """What is to be checked.

    Attributes
    ----------
    since, until
        Of the journal, what was answered at this time or later, and before this time: the newest `window_rows` of it.
    windows
        Instead of the journal a table, or profiles that `keepfit profile` has written.
    reference
        A profile that the window is compared with, instead of the rows that trained.
    scores
        Whether the champion scores the rows of a table that has no column `probability`.
    multivariate, exact
        Whether all columns are looked at together, and whether each column's raw values are compared too; both need the
        table that taught the champion.
    """

    since: datetime | None = None
    until: datetime | None = None
    windows: tuple[Path, ...] = ()
    reference: Path | None = None
    scores: bool = False
    multivariate: bool = False
    exact: bool = False

    @property
    def asked(self) -> Asked:
        """What the journal is told of it."""
        reference = self.reference.name if self.reference else None
        return Asked(self.since, self.until, tuple(path.name for path in self.windows), reference)

    @property
    def row_word(self) -> str:
        """What the rows of the window are called."""
        return "rows" if self.windows else "predictions"

    @property
    def looks_at_rows(self) -> bool:
        """Whether rows are compared too, and not their profiles alone."""
        return self.multivariate or self.exact

    @property
    def window_is_profiles(self) -> bool:
        """Whether the window is of profiles that were counted before."""
        return bool(self.windows) and all(map(is_profile, self.windows))


THE_NEWEST = CheckTask()


def require_sensible(task: CheckTask) -> None:
    """Refuse what contradicts itself.

    Raises
    ------
    MonitoringError
        When it does.
    """
    require_span(task.since, task.until)
    if task.windows and (task.since is not None or task.until is not None):
        hint = "since and until choose predictions of the journal"
        raise MonitoringError("a file is checked as a whole", where=str(task.windows[0]), hint=hint)
    if task.scores and (not task.windows or task.window_is_profiles):
        raise MonitoringError("only the rows of a table are scored", where="--score", hint="name one by --window")
    if task.reference and task.looks_at_rows:
        hint = "leave --reference out, or --multivariate and --exact"
        raise MonitoringError("a profile has no rows to compare with", where=str(task.reference), hint=hint)
    if task.window_is_profiles and task.looks_at_rows:
        hint = "name a table, or leave out --multivariate and --exact"
        raise MonitoringError("a profile has no rows", where=str(task.windows[0]), hint=hint)
    if len(task.windows) > 1 and not task.window_is_profiles:
        where, hint = str(task.windows[1]), "count each with `keepfit profile`, and check the profiles together"
        raise MonitoringError("a check looks at one table", where=where, hint=hint)
