"""What the journal says of a project now: the quality of its newest labelled answers, and the newest verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import select

from keepfit.bundle import BundleFacts
from keepfit.clock import moment
from keepfit.evaluation import calibration_error, scores
from keepfit.journal import Journal, Window
from keepfit.journal.tables import labels, predictions

CHECKED = "checked"
_LOOKED_AT = 100


class RollingQuality(NamedTuple):
    """Scores of the newest labelled answers of a version.

    Attributes
    ----------
    rows
        How many they are.
    scores
        By metric: those of `evaluation.METRICS` without costs, and `calibration_error`; NaN where a class is absent.
    """

    rows: int
    scores: Mapping[str, float]


class NewestCheck(NamedTuple):
    """The newest check of a project.

    Attributes
    ----------
    version, at
        Of which model, and when.
    states
        `ok`, `warn`, `alarm` or `insufficient` of each: `verdict`, `drift`, `quality`.
    drifted_columns
        How many columns had drifted.
    """

    version: int
    at: datetime
    states: Mapping[str, str]
    drifted_columns: int


class AwaitedLabels(NamedTuple):
    """Since when outcomes are waited for.

    Attributes
    ----------
    newest_seq
        Number of the newest label, 0 when none came.
    since
        When it came, or when the first answer was given; None before that.
    """

    newest_seq: int
    since: datetime | None


def awaited_labels(journal: Journal, project: str) -> AwaitedLabels:
    """Return since when outcomes of a project's answers are waited for, however labels come."""
    newest = select(labels.c.seq, labels.c.at_microseconds).where(labels.c.project == project)
    first = select(predictions.c.at_microseconds).where(predictions.c.project == project).order_by(predictions.c.seq)
    with journal.reading() as connection:
        label = connection.execute(newest.order_by(labels.c.seq.desc()).limit(1)).one_or_none()
        if label is not None:
            return AwaitedLabels(label.seq, moment(label.at_microseconds))
        at = connection.scalar(first.limit(1))
    return AwaitedLabels(0, None if at is None else moment(at))


def rolling_quality(journal: Journal, facts: BundleFacts, *, rows: int) -> RollingQuality | None:
    """Return the scores of a version's newest labelled answers, None when there are none.

    Parameters
    ----------
    journal
        Where they are.
    facts
        Of the version.
    rows
        How many of them at the most.
    """
    outcome = facts.signature.outcome
    found = journal.labelled(Window(facts.name, rows, model_version=facts.version, labelled_only=True))
    coded = [(code, row.prediction.probability) for row in found if (code := outcome.code(row.label)) is not None]
    if not coded:
        return None
    classes = np.array([code for code, _ in coded], dtype=np.int8)
    probability = np.array([value for _, value in coded], dtype=np.float64)
    told = scores(classes, probability, facts.threshold)
    return RollingQuality(len(coded), {**told, "calibration_error": calibration_error(classes, probability)})


def newest_check(journal: Journal, project: str) -> NewestCheck | None:
    """Return what the newest check of a project said, None when there was none; one of a time that is over is none."""
    for event in reversed(journal.events(project, kinds=[CHECKED], limit=_LOOKED_AT)):
        facts = event.facts
        if "until" not in facts:
            states = {"verdict": facts["state"], "drift": facts["drift"], "quality": facts["quality"]}
            return NewestCheck(facts["version"], event.at, states, len(facts.get("drifted_columns", ())))
    return None
