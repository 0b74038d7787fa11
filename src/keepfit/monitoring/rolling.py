"""What the journal says of a project now: the quality of its newest labelled answers, and the newest verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np

from keepfit.bundle import BundleFacts
from keepfit.evaluation import calibration_error, scores
from keepfit.journal import Journal, Window

CHECKED = "checked"
NOT_LIVE = frozenset(("until", "window", "reference"))  # in the facts of a check of something else than now
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
    labels = np.array([code for code, _ in coded], dtype=np.int8)
    probability = np.array([value for _, value in coded], dtype=np.float64)
    told = scores(labels, probability, facts.threshold)
    return RollingQuality(len(coded), {**told, "calibration_error": calibration_error(labels, probability)})


def newest_check(journal: Journal, project: str) -> NewestCheck | None:
    """Return what the newest check of a project said, None when there was none; one of a time that is over is none."""
    for event in reversed(journal.events(project, kinds=[CHECKED], limit=_LOOKED_AT)):
        facts = event.facts
        if not NOT_LIVE & facts.keys():
            states = {"verdict": facts["state"], "drift": facts["drift"], "quality": facts["quality"]}
            return NewestCheck(facts["version"], event.at, states, len(facts.get("drifted_columns", ())))
    return None
