"""What a journal holds of a project, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from keepfit.clock import moment
from keepfit.journal.store import Journal
from keepfit.journal.tables import events, labels, predictions, seals, shadows


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """What one model version answered: how often, from when to when."""

    model_version: int
    predictions: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """What a journal holds of a project.

    Attributes
    ----------
    versions
        By model version, ascending.
    erased
        Predictions whose features were erased.
    entities
        How many different ones are named.
    labels, labelled, waiting
        Labels that came, corrections among them; predictions that have one; labels whose prediction is not there.
    shadows
        Answers that a challenger would have given.
    events
        How many of each kind.
    seals
        Of the whole journal, which may hold other projects too.
    """

    versions: tuple[VersionSummary, ...]
    erased: int
    entities: int
    labels: int
    labelled: int
    waiting: int
    shadows: int
    events: Mapping[str, int]
    seals: int

    @property
    def predictions(self) -> int:
        """How many predictions there are."""
        return sum(version.predictions for version in self.versions)


def summarise(journal: Journal, project: str) -> Summary:
    """Count what a journal holds of a project."""
    made, said = predictions.c, labels.c
    ours = made.project == project
    is_there = select(made.seq).where(made.project == said.project, made.id == said.prediction_id).exists()
    by_version = (
        select(made.model_version, func.count(), func.min(made.at_microseconds), func.max(made.at_microseconds))
        .where(ours)
        .group_by(made.model_version)
        .order_by(made.model_version)
    )
    kinds = select(events.c.kind, func.count()).where(events.c.project == project).group_by(events.c.kind)
    labelled = select(func.count(said.prediction_id.distinct())).where(said.project == project, is_there)
    with journal.reading() as connection:

        def count(*conditions: object, of: object = None) -> int:
            counted = func.count() if of is None else func.count(of)  # type: ignore[arg-type]  # a column
            return int(connection.execute(select(counted).where(*conditions)).scalar_one())  # type: ignore[arg-type]

        return Summary(
            tuple(
                VersionSummary(version, rows, moment(first), moment(last))
                for version, rows, first, last in connection.execute(by_version)
            ),
            erased=count(ours, made.features == ""),
            entities=count(ours, made.entity.is_not(None), of=made.entity.distinct()),
            labels=count(said.project == project),
            labelled=int(connection.execute(labelled).scalar_one()),
            waiting=count(said.project == project, ~is_there),
            shadows=count(shadows.c.project == project),
            events={kind: int(rows) for kind, rows in connection.execute(kinds.order_by(events.c.kind))},
            seals=count(seals.c.number > 0),
        )
