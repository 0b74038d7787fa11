"""The quality of the newest labelled answers of a project, as the journal has them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from keepfit.bundle import BundleFacts
from keepfit.evaluation import calibration_error, scores
from keepfit.journal import Journal, Window


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
