"""What the journal holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec


class Prediction(msgspec.Struct, frozen=True):
    """One record with its answer.

    Attributes
    ----------
    id
        UUIDv7: time-ordered.
    at
        When it was answered, UTC.
    project, model_version
        Who answered.
    entity
        Whom the record is about, if it says so.
    sent
        The record as it was sent: the text of a JSON object; empty when it was erased.
    probability, decision
        The answer.
    duration_seconds
        Time that scoring took.
    """

    id: str
    at: datetime
    project: str
    model_version: int
    entity: str | None
    sent: str
    probability: float
    decision: str
    duration_seconds: float

    @property
    def features(self) -> dict[str, Any]:
        """The record as it was sent."""
        record: dict[str, Any] = msgspec.json.decode(self.sent)
        return record


class Shadow(msgspec.Struct, frozen=True):
    """What a challenger would have answered to a record that the champion answered.

    Attributes
    ----------
    prediction_id
        Of the answer that was given.
    at, project
        When, and whose record.
    model_version
        The challenger.
    probability, decision
        Its answer, that nobody was given.
    """

    prediction_id: str
    at: datetime
    project: str
    model_version: int
    probability: float
    decision: str


@dataclass(frozen=True, slots=True)
class Label:
    """A known outcome that arrived later, for a prediction by its id, or for the newest one of an entity by a time.

    Attributes
    ----------
    prediction_id
        Whose outcome it is; empty when it is said by the entity.
    label
        The outcome.
    at
        When it arrived, UTC.
    entity, as_of
        Whom the record was about, and when at the latest it was answered; None when it is said by the id.
    """

    prediction_id: str
    label: str
    at: datetime
    entity: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class LabelReceipt:
    """How many labels were taken, and how many of them have their prediction in the journal already.

    The others are kept apart, and count from the moment that their prediction turns up.
    """

    accepted: int
    matched: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a project.

    Attributes
    ----------
    seq
        Its number in the journal.
    at, project, kind, actor
        When, to which project, what, and by whom.
    facts
        From what to what, and why: plain JSON types.
    epoch
        Number of the promotion; None for events that are none.
    """

    seq: int
    at: datetime
    project: str
    kind: str
    actor: str
    facts: dict[str, Any]
    epoch: int | None


@dataclass(frozen=True, slots=True)
class LabelledPrediction:
    """A prediction with the newest label that came for it.

    Attributes
    ----------
    seq
        Number of the prediction in the journal: windows are named by them.
    prediction
        The prediction.
    label, label_seq
        The label and its own number in the journal, a later one for a later label; None as long as none came.
    """

    seq: int
    prediction: Prediction
    label: str | None
    label_seq: int | None
