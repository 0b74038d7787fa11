"""What is counted of one model version: decisions, scores, unusual values, and the bins of its reference."""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np
from prometheus_client import Counter

from keepfit.arrays import Matrix
from keepfit.errors import MonitoringError
from keepfit.monitoring.ignored_columns import UntoldColumns
from keepfit.monitoring.live_profile import LiveProfile
from keepfit.monitoring.request_counts import observe_all
from keepfit.monitoring.served_profiles import ServedProfiles
from keepfit.monitoring.usual_values import UsualValues
from keepfit.profiles import Profile
from keepfit.scoring import Scorer

if TYPE_CHECKING:
    from keepfit.monitoring.service_meters import ServiceMeters

_MOST_WAITING = 1024
_ALL_TOLD = UntoldColumns()


class Scored(Protocol):
    """An answer, as it is counted."""

    @property
    def probability(self) -> float:
        """Of the positive class."""

    @property
    def decision(self) -> str:
        """The label that it leads to."""

    @property
    def at(self) -> datetime:
        """When it was given."""


class VersionCounts:
    """Counts the answers of one model version of a project.

    They are counted for many answers together, when it is asked for or a thousand wait: it would cost a lone request as
    much as its scoring.

    Parameters
    ----------
    project
        The label that all of it carries.
    scorer
        The model.
    meters
        The service's.
    profiles
        Where the full bins are added up.
    untold
        Columns of whose values nothing is told.
    """

    def __init__(
        self,
        project: str,
        scorer: Scorer,
        meters: ServiceMeters,
        profiles: ServedProfiles,
        untold: UntoldColumns = _ALL_TOLD,
    ) -> None:
        self._profiles, self._ignored = profiles, untold.ignored(scorer.door.signature)
        self._project, self._version, self._meters = project, str(scorer.version), meters
        self._usual = UsualValues(scorer.door.signature)
        # a child is looked up once: `labels` costs as much as all counting of a request
        version, predictions = self._version, meters.predictions
        self._decided = scorer.door.signature.outcome.decided  # not the scorer's: a model that is replaced must go
        self._decisions = {one: predictions.labels(project, version, one) for one in scorer.decisions}
        self._score = meters.score.labels(project, self._version)
        self._live = _live_profile(scorer, untold.not_kept(scorer.door.signature), self._ignored)
        self._bins = [] if self._live is None else self._shown(self._live)
        self._matrices: list[Matrix] = []
        self._made: list[Scored] = []

    def add(self, made: Sequence[Scored], matrix: Matrix) -> None:
        """Take answers and what was asked; see `ServiceMetrics.count_predictions`."""
        self._made.extend(made)
        self._matrices.append(matrix)
        if len(self._made) >= _MOST_WAITING:
            self.count()

    def count(self) -> None:
        """Count the answers that wait."""
        if not self._made:
            return
        made, self._made = self._made, []
        matrix, self._matrices = np.concatenate(self._matrices), []
        for decision, times in Counts(one.decision for one in made).items():
            for held in self._decided(decision):
                self._decisions[held].inc(times)
        probability = np.array([one.probability for one in made])
        observe_all(self._score, probability)
        for column, reason, count in self._usual.exceptions(matrix):
            if column not in self._ignored:
                self._meters.values.labels(self._project, self._version, column, reason).inc(count)
        if self._live is not None:
            counted = self._live.count(matrix, probability)
            moments = [one.at for one in made]
            self._profiles.add(int(self._version), counted, min(moments), max(moments))
            for children, counts in zip(self._bins, self._live.by_bin(counted), strict=True):
                for at in np.flatnonzero(counts).tolist():
                    children[at].inc(int(counts[at]))

    def _shown(self, live: LiveProfile) -> list[list[Counter]]:
        """Show the reference's shares, and return the counters of each column's bins, the score's last."""
        meters, labels = self._meters, (self._project, self._version)
        shown = []
        for column in live.columns:
            for name, ratio in zip(column.bins, column.ratios, strict=True):
                meters.reference.labels(*labels, column.name, name).set(ratio)
            shown.append([meters.features.labels(*labels, column.name, name) for name in column.bins])
        for name, ratio in zip(live.score.bins, live.score.ratios, strict=True):
            meters.score_reference.labels(*labels, name).set(ratio)
        return [*shown, [meters.scores.labels(*labels, name) for name in live.score.bins]]


def _live_profile(scorer: Scorer, hidden: Collection[str], ignored: Collection[str]) -> LiveProfile | None:
    """Return the bins of a model, None when its bundle has no profile."""
    try:
        return LiveProfile(Profile.from_dict(scorer.bundle.profile), hidden, ignored)
    except MonitoringError:
        return None
