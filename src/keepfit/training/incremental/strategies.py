"""The ways to learn batch by batch, by their names in `[stream] strategy`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from keepfit.arrays import Labels, Matrix
from keepfit.errors import TrainingError, nearest
from keepfit.project.stream_section import Strategy
from keepfit.training.families import FAMILIES, parameter_names
from keepfit.training.incremental.boosted import BOOSTED_PARAMETERS, BoostedLearner
from keepfit.training.incremental.kept_rows import KeptRows
from keepfit.training.incremental.learner import Learner, LearnerState, LearnerTask
from keepfit.training.incremental.linear import RIVER_PARAMETERS, SKLEARN_PARAMETERS, LinearLearner
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
_OWN_PARAMETERS: Mapping[Strategy, AbstractSet[str]] = {
    "boosting": BOOSTED_PARAMETERS,
    "leaves": BOOSTED_PARAMETERS,
    "linear": SKLEARN_PARAMETERS,
    "river": RIVER_PARAMETERS,
}
_PARAMETERS = "keepfit.toml: [stream] parameters"


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
    _require_known(task)
    return STRATEGIES[task.section.strategy](task, KeptRows.of(matrix, labels), state)


def _require_known(task: LearnerTask) -> None:
    strategy = task.section.strategy
    if strategy not in FREE:
        _require_names(task, _OWN_PARAMETERS[strategy], strategy)
        return
    model = task.section.model
    try:
        FAMILIES[model]
    except KeyError as error:
        raise TrainingError(
            "is no family of models",
            where=f'keepfit.toml: [stream] model = "{model}"',
            hint=nearest(model, sorted(FAMILIES)),
        ) from error
    _require_names(task, parameter_names(model), model)
    for name, value in task.section.parameters.items():
        require_exportable(model, name, [value], f"{_PARAMETERS}.{name}")


def _require_names(task: LearnerTask, known: AbstractSet[str], whose: str) -> None:
    for name in task.section.parameters:
        if name not in known:
            hint = nearest(name, sorted(known))
            raise TrainingError(f"{whose} has no such parameter", where=f"{_PARAMETERS}.{name}", hint=hint)
