"""What one project of a service tells Prometheus, and StatsD where that is declared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from keepfit.arrays import Matrix
from keepfit.monitoring.ignored_columns import UntoldColumns
from keepfit.monitoring.past_checks import NewestCheck
from keepfit.monitoring.rolling import RollingQuality
from keepfit.monitoring.served_profiles import ServedProfiles
from keepfit.monitoring.service_meters import ServiceMeters
from keepfit.monitoring.state import State
from keepfit.monitoring.statsd_push import StatsdPush
from keepfit.monitoring.version_counts import Scored, VersionCounts
from keepfit.scoring import Scorer

_ALL_TOLD = UntoldColumns()


class ServiceMetrics:
    """What one project of a service counts.

    Parameters
    ----------
    project
        The label that all of it carries; empty for what belongs to no project.
    meters
        The service's.
    push
        Who else is told; None for nobody.
    untold
        Columns of whose values nothing is told.
    profiles
        Where the answers' profiles are added up; None for this process alone.

    Attributes
    ----------
    profiles
        The same.
    hidden
        Columns that the journal does not keep.
    """

    def __init__(
        self,
        project: str,
        meters: ServiceMeters,
        push: StatsdPush | None = None,
        untold: UntoldColumns = _ALL_TOLD,
        profiles: ServedProfiles | None = None,
    ) -> None:
        self.profiles = profiles or ServedProfiles(project)
        self._push, self._untold, self.hidden = push, untold, untold.hidden
        self._project = project
        self._meters = meters
        self._versions: dict[int, VersionCounts] = {}
        self._shown: dict[str, tuple[str, str]] = {}
        self._dropped = self._commits = 0

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request, when `count_what_waits` is called."""
        self._meters.request_counts.add(self._project, route, method, status, seconds)
        if self._push is not None:
            self._push.count_request(status, seconds)

    def count_predictions(self, scorer: Scorer, made: Sequence[Scored], matrix: Matrix) -> None:
        """Count predictions that were answered, when `count_what_waits` is called.

        Parameters
        ----------
        scorer
            Who answered them.
        made
            The answers.
        matrix
            What was scored, as it came through the door of that model.
        """
        self._of_version(scorer).add(made, matrix)
        if self._push is not None:
            self._push.count_decisions(decision for one in made for decision in scorer.decided(one.decision))

    def expect(self, scorer: Scorer) -> None:
        """Show zeros of a version, and of labels, before it answers: Prometheus counts from what it has seen first."""
        self._of_version(scorer)
        for matched in ("yes", "no"):
            self._meters.labels.labels(self._project, matched)

    def _of_version(self, scorer: Scorer) -> VersionCounts:
        counts = self._versions.get(scorer.version)
        if counts is None:
            counts = VersionCounts(self._project, scorer, self._meters, self.profiles, self._untold)
            self._versions[scorer.version] = counts
        return counts

    def count_what_waits(self) -> None:
        """Count everything until now: requests, of all projects of the service, and answers."""
        self._meters.request_counts.count()
        for counts in self._versions.values():
            counts.count()

    def count_shadows(self, scorer: Scorer, shadows: Sequence[Shadow]) -> None:
        """Count answers that a challenger would have given."""
        for one in shadows:
            for decision in scorer.decided(one.decision):
                self._meters.shadows.labels(self._project, str(one.model_version), decision).inc()

    def count_shadows_left_out(self, records: int) -> None:
        """Count records that a challenger did not score."""
        if records:
            self._meters.shadows_left_out.labels(self._project).inc(records)

    def count_labels(self, matched: int, unmatched: int) -> None:
        """Count labels that were received."""
        self._meters.labels.labels(self._project, "yes").inc(matched)
        self._meters.labels.labels(self._project, "no").inc(unmatched)

    def count_swap(self, outcome: str) -> None:
        """Count a swap: `done` or `refused`."""
        self._meters.swaps.labels(self._project, outcome).inc()

    def show_model(self, role: str, model: Shown | None) -> None:
        """Show which version has a role, `champion` or `challenger`; None for none."""
        before = self._shown.pop(role, None)
        if before is not None:
            self._meters.model.labels(self._project, role, *before).set(0)  # what workers share cannot be taken away
            self._meters.model.remove(self._project, role, *before)
        if model is not None:
            told = self._shown[role] = str(model.version), model.form
            self._meters.model.labels(self._project, role, *told).set(1)

    def show_created(self, version: int, at: datetime) -> None:
        """Show when the champion was trained."""
        self._meters.created.labels(self._project, str(version)).set(at.timestamp())

    def show_awaited(self, since: datetime) -> None:
        """Show since when outcomes are waited for."""
        self._meters.awaited.labels(self._project).set(since.timestamp())

    def show_floor(self, floor: float) -> None:
        """Show below which F1 the project wants an alarm."""
        self._meters.floor.labels(self._project).set(floor)

    def show_quality(self, version: int, quality: RollingQuality) -> None:
        """Show the scores of a version's newest labelled answers."""
        labels = self._project, str(version)
        self._meters.quality_rows.labels(*labels).set(quality.rows)
        for metric, value in quality.scores.items():
            self._meters.quality.labels(*labels, metric).set(value)

    def show_check(self, check: NewestCheck) -> None:
        """Show what the newest check said."""
        self._meters.checked.labels(self._project, str(check.version)).set(check.at.timestamp())
        self._meters.drifted.labels(self._project, str(check.version)).set(check.drifted_columns)
        for subject, found in check.states.items():
            for state in State:
                self._meters.state.labels(self._project, str(check.version), subject, state.value).set(state == found)

    def show_journal(self, journal: WritePath) -> None:
        """Show where the rows are that are not in the journal."""
        self._meters.pending.labels(self._project).set(journal.pending)
        self._meters.spilled.labels(self._project).set(journal.spilled)
        self._meters.waiting.labels(self._project).set(journal.waiting_seconds)
        self._meters.dropped.labels(self._project).inc(journal.dropped - self._dropped)
        self._meters.commits.labels(self._project).inc(journal.commits - self._commits)
        self._dropped, self._commits = journal.dropped, journal.commits


class WritePath(Protocol):
    """The way into the journal, as it is shown."""

    @property
    def pending(self) -> int:
        """Rows that wait for their commit."""

    @property
    def spilled(self) -> int:
        """Rows in local files while the database is away."""

    @property
    def dropped(self) -> int:
        """Rows that were left out."""

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest row has been waiting."""

    @property
    def commits(self) -> int:
        """How many there were."""


class Shown(Protocol):
    """A model, as it is shown."""

    @property
    def version(self) -> int:
        """Its number."""

    @property
    def form(self) -> str:
        """What it is: `graph` or `pipeline`."""


class Shadow(Protocol):
    """An answer that nobody was given, as it is counted."""

    @property
    def model_version(self) -> int:
        """Of the challenger."""

    @property
    def decision(self) -> str:
        """The label that it leads to."""
