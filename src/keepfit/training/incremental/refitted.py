"""Fitted anew at each batch, on the newest rows or on a sample of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.training.calibration import Calibration
from keepfit.training.families import FAMILIES
from keepfit.training.incremental.kept_rows import Keep, KeptRows
from keepfit.training.incremental.learner import LearnerState, LearnerTask
from keepfit.training.incremental.present_rows import present_rows
from keepfit.training.model import FittedModel
from keepfit.training.pipelines import build_pipeline

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "extra_trees": {"n_estimators": 60},
    "random_forest": {"n_estimators": 60},
    "lightgbm": {
        "n_estimators": 50,
        "num_leaves": 7,
        "min_child_samples": 10,
        "colsample_bytree": 0.6,
        "subsample": 0.8,
        "subsample_freq": 1,
        "reg_lambda": 1.0,
    },
}
_LEAST_ROWS = 100
_LEARNT = "learnt."


class RefittedLearner:
    """A pipeline that is fitted anew at each batch.

    Parameters
    ----------
    task
        What it is made for.
    began
        The rows that it begins with.
    keep
        Which rows it keeps.
    state
        Where it goes on; None to begin.
    """

    def __init__(self, task: LearnerTask, began: KeptRows, keep: Keep, state: LearnerState | None = None) -> None:
        self._task, self._keep = task, keep
        self._recipe = Recipe(task.section.model, {**_DEFAULTS.get(task.section.model, {}), **task.section.parameters})
        self._rows = began.limited(task.section.window_rows, keep, task.seed)
        if state is not None:
            self._rows = KeptRows.from_state(state)
        self._learnt = self._rows
        if not _has_both_classes(self._rows):
            self._learnt = began if state is None else _learnt_rows(state)
        self._model = self._fitted(self._learnt.matrix, self._learnt.labels)

    @property
    def rows(self) -> KeptRows:
        """The rows that it keeps."""
        return self._rows

    @property
    def recipe(self) -> Recipe:
        """What is fitted anew at each batch."""
        return self._recipe

    @property
    def trees(self) -> int | None:
        """How many trees it has; None of an estimator that does not say."""
        trees = getattr(self._model.estimator[-1], "n_estimators", None)
        return None if trees is None else int(trees)

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of the positive class, `(n_rows,)`."""
        return self._model.probability(matrix)

    def learn(self, matrix: Matrix, labels: Labels, *, has_changed: bool) -> None:
        """Learn a batch; after a change, rows that no longer help are let go for good."""
        section = self._task.section
        rows = self._rows.with_batch(matrix, labels, section.window_rows, self._keep, self._task.seed)
        if has_changed:
            most = section.window_rows if self._keep == "newest" else len(self._rows) + len(labels)
            whole = self._rows.with_batch(matrix, labels, most, self._keep, self._task.seed)  # of a sample too
            present = present_rows(whole, min(len(labels), len(whole)), self._asking)
            if len(present) < len(whole):
                rows = present.limited(section.window_rows, self._keep, self._task.seed)
        self._rows = rows
        if _has_both_classes(rows):
            self._learnt = rows
            self._model = self._fitted(rows.matrix, rows.labels)

    def model(self) -> FittedModel:
        """Return what it has learnt so far."""
        return self._model

    def state(self) -> LearnerState:
        """Return the rows, and those that were learnt last where the kept ones are of one class."""
        if self._learnt is self._rows:
            return self._rows.state()
        return {**self._rows.state(), **{f"{_LEARNT}{name}": value for name, value in self._learnt.state().items()}}

    def _asking(self, matrix: Matrix, labels: Labels) -> Callable[[Matrix], Floats]:
        return self._fitted(matrix, labels).probability

    def _fitted(self, matrix: Matrix, labels: Labels) -> FittedModel:
        task = self._task
        pipeline = build_pipeline(self._recipe, task.signature, task.training, seed=task.seed)
        try:
            pipeline.fit(matrix, labels)
        except Exception as error:  # each library has exceptions of its own
            raise TrainingError(
                f"{self._recipe.title} cannot be fitted: {str(error).strip()}",
                where="keepfit.toml: [stream] model, parameters",
                hint="correct or remove this value",
            ) from error
        return FittedModel(self._recipe.model, pipeline, matrix.shape[1], _never_certain(self._recipe.model, labels))


def _has_both_classes(rows: KeptRows) -> bool:
    return len(np.unique(rows.labels)) > 1


def _learnt_rows(state: LearnerState) -> KeptRows:
    return KeptRows.from_state(
        {name.removeprefix(_LEARNT): value for name, value in state.items() if name.startswith(_LEARNT)}
    )


def _never_certain(model: str, labels: Labels) -> Calibration:
    """Return a map that keeps a forest's votes from 0 and 1: as if half a vote more were cast for each class.

    A forest's share of votes may be exactly 0, and one positive among such rows costs an infinite log-loss.

    References
    ----------
    Krichevsky, R. and Trofimov, V. (1981). The performance of universal encoding. IEEE Transactions on Information
    Theory 27, 199-207: (k + 1/2) / (n + 1).
    """
    if FAMILIES[model].trees is not None or FAMILIES[model].is_linear:
        return Calibration()
    least = 0.5 / (min(len(labels), _LEAST_ROWS) + 1)
    return Calibration("isotonic", scores=(0.0, 1.0), probabilities=(least, 1 - least))
