"""A stream's course and its journey as a state that is saved, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keepfit.errors import StreamError
from keepfit.evaluation.anytime import RunningMean
from keepfit.evaluation.prequential import AnsweredRows
from keepfit.monitoring.concept_drift import LossDetector
from keepfit.project.declaration import Project
from keepfit.retraining.batch_facts import ROLES
from keepfit.retraining.takeover import Compared
from keepfit.workflows.stream.course import Course, Standing
from keepfit.workflows.stream.journey import Journey
from keepfit.workflows.stream.saved_state import SavedState

_LEARNER, _ANSWERS, _THRESHOLDS, _LOSSES = "learner.", "answers.", "thresholds.", "losses."
_SETTINGS = (
    "batch_rows",
    "drift_significance",
    "strategy",
    "model",
    "parameters",
    "window_rows",
    "batch_trees",
    "most_trees",
    "leaf_decay",
    "fading",
)
_TREATMENTS = {"missing", "categories", "features", "monotone", "class_weight"}


def settings_of(project: Project, fingerprint: str) -> dict[str, Any]:
    """Return what must be as it was, for a stream to go on."""
    section = project.stream
    told = {f"[stream] {name}": getattr(section, name) for name in _SETTINGS}
    treated = project.training.model_dump(mode="json", include=_TREATMENTS)
    told |= {f"[training] {name}": value for name, value in treated.items()}
    return {**told, "[project] seed": project.project.seed, "the table's fingerprint": fingerprint}


def saved(course: Course, journey: Journey, settings: Mapping[str, Any]) -> SavedState:
    """Return what is kept of a stream after a batch."""
    now = course.standing
    facts = {
        "settings": dict(settings),
        "journey": journey.to_dict(),
        "standing": {
            "champion": now.champion,
            "threshold": now.threshold,
            "rows": now.rows,
            "positives": now.positives,
            "left_out": now.left_out,
            "losses": {role: mean.to_dict() for role, mean in now.losses.items()},
            "compared": now.compared.to_dict(),
        },
        "significance": {role: detector.state()["significance"] for role, detector in course.detectors.items()},
    }
    arrays = {f"{_LEARNER}{name}": value for name, value in course.learner.state().items()}
    answered = now.answered
    arrays |= {f"{_ANSWERS}{role}": answered.answers[role] for role in ROLES} | {"labels": answered.labels}
    arrays |= {f"{_THRESHOLDS}{role}": answered.thresholds[role] for role in ROLES}
    arrays |= {f"{_LOSSES}{role}": detector.state()["losses"] for role, detector in course.detectors.items()}
    return SavedState(now.batches, facts, arrays)


def require_same(state: SavedState, settings: Mapping[str, Any], where: str) -> None:
    """Refuse to go on under other settings than it began with.

    Raises
    ------
    StreamError
        When one is another; the first is named.
    """
    then = state.facts["settings"]
    for name, value in settings.items():
        if then.get(name) != value:
            raise StreamError(
                f"{name} is {value!r}; when the stream began it was {then.get(name)!r}",
                where=where,
                hint="put it back, or begin anew with --restart",
            )


def learner_state(state: SavedState) -> dict[str, Any]:
    """Return the arrays of the learner."""
    return {name[len(_LEARNER) :]: value for name, value in state.arrays.items() if name.startswith(_LEARNER)}


def standing_of(state: SavedState) -> Standing:
    """Return what was known of the models."""
    told, arrays = dict(state.facts["standing"]), state.arrays
    return Standing(
        **{
            **told,
            "batches": state.batches,
            "losses": {role: RunningMean.from_dict(mean) for role, mean in told["losses"].items()},
            "compared": Compared.from_dict(told["compared"]),
            "answered": AnsweredRows(
                np.asarray(arrays["labels"]),
                {role: arrays[f"{_ANSWERS}{role}"] for role in ROLES},
                {role: arrays[f"{_THRESHOLDS}{role}"] for role in ROLES},
            ),
        }
    )


def detectors_of(state: SavedState) -> dict[Any, LossDetector]:
    """Return the detectors."""
    return {
        role: LossDetector.of({"significance": significance, "losses": state.arrays[f"{_LOSSES}{role}"]})
        for role, significance in state.facts["significance"].items()
    }
