"""The quality of the newest labelled answers of a project, as the journal has them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from keepfit.bundle import BundleFacts
from keepfit.evaluation import calibration_error, scores
from keepfit.evaluation.metrics import DECISION_METRICS
from keepfit.journal import Journal, LabelledPrediction, Window
from keepfit.monitoring.recommended import recommendation_points, recommendations
from keepfit.signature import Outcome


class RollingQuality(NamedTuple):
    """Scores of the newest labelled answers of a version.

    Attributes
    ----------
    rows
        How many they are.
    scores
        By metric: those of `evaluation.METRICS` without costs, and `calibration_error`; NaN where a class is absent. Of
        a recommender `f1`, `precision` and `recall` are those of all its recommendations, NaN where no label lists what
        was added, and the others of whether anything is.
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
    coded = [(code, row) for row in found if (code := outcome.code(row.label)) is not None]
    if not coded:
        return None
    labels = np.array([code for code, _ in coded], dtype=np.int8)
    probability = np.array([row.prediction.probability for _, row in coded], dtype=np.float64)
    told = scores(labels, probability, facts.threshold)
    if outcome.products:
        of_rows = {name: value for name, value in told.items() if name not in DECISION_METRICS}
        told = {**_of_lists([row for _, row in coded], outcome), **of_rows}
    return RollingQuality(len(coded), {**told, "calibration_error": calibration_error(labels, probability)})


def _of_lists(rows: Sequence[LabelledPrediction], outcome: Outcome) -> dict[str, float]:
    """Return the scores of recommendations, by the names under which a binary model's decisions are shown."""
    found = recommendations([row.prediction.decision for row in rows], [row.label for row in rows], outcome)
    return {name.removesuffix("_micro"): value for name, value in recommendation_points(found).items()}
