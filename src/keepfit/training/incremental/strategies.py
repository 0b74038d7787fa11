"""The ways to learn batch by batch, by their names in `[stream] strategy`."""

from __future__ import annotations

from collections.abc import Callable

from keepfit.arrays import Labels, Matrix
from keepfit.errors import TrainingError, nearest
from keepfit.project.stream_section import Strategy
from keepfit.training.families import FAMILIES, parameter_names
from keepfit.training.incremental.boosted import BoostedLearner
from keepfit.training.incremental.kept_rows import KeptRows
from keepfit.training.incremental.learner import Learner, LearnerState, LearnerTask
from keepfit.training.incremental.linear import LinearLearner
from keepfit.training.incremental.refitted import RefittedLearner
from keepfit.training.recipes import require_exportable

_Build = Callable[[LearnerTask, KeptRows, LearnerState | None], Learner]

STRATEGIES: dict[Strategy, _Build] = {
    "window": lambda task, began, state: RefittedLearner(task, began, "newest", state),
    "reservoir": lambda task, began, state: RefittedLearner(task, began, "sample", state),
    "boosting": lambda task, began, state: BoostedLearner(task, began, "trees", state),
    "leaves": lambda task, began, state: BoostedLearner(task, began, "leaves", state),
    "linear": lambda task, began, state: LinearLearner(task, began, "sklearn", state),
    "river": lambda task, began, state: LinearLearner(task, began, "river", state),
}
FREE: tuple[Strategy, ...] = ("window", "reservoir")
"""Those whose family may be chosen."""


def build_learner(task: LearnerTask, matrix: Matrix, labels: Labels, state: LearnerState | None = None) -> Learner:
    """Return the declared learner.

    Parameters
    ----------
    task
        What it is made for.
    matrix, labels
        The rows that it begins with, from the door `(n_rows, n_features)`, and their classes 0 or 1 `(n_rows,)`; also
        where it goes on.
    state
        Where it goes on; None to begin.

    Raises
    ------
    TrainingError
        When a family or a parameter is unknown, or is refused.
    """
    if task.section.strategy in FREE:
        _require_known(task)
    return STRATEGIES[task.section.strategy](task, KeptRows.of(matrix, labels), state)


def _require_known(task: LearnerTask) -> None:
    model = task.section.model
    try:
        FAMILIES[model]
    except KeyError as error:
        raise TrainingError(
            "is no family of models",
            where=f'keepfit.toml: [stream] model = "{model}"',
            hint=nearest(model, sorted(FAMILIES)),
        ) from error
    known = parameter_names(model)
    for name, value in task.section.parameters.items():
        where = f"keepfit.toml: [stream] parameters.{name}"
        if name not in known:
            raise TrainingError(f"{model} has no such parameter", where=where, hint=nearest(name, sorted(known)))
        require_exportable(model, name, [value], where)
