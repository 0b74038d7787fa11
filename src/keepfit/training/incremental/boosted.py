"""Boosting that goes on: each batch adds trees, or refits the leaves of those that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.training.incremental.kept_rows import KeptRows
from keepfit.training.incremental.learner import LearnerState, LearnerTask
from keepfit.training.incremental.present_rows import present_rows
from keepfit.training.model import FittedModel
from keepfit.training.pipelines import build_pipeline

_FIRST_TREES = 60
_DEFAULTS = {
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_data_in_leaf": 10,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
}
_FIXED = {"objective": "binary", "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}
Way = Literal["trees", "leaves"]


class Boosted:
    """A booster of LightGBM as the last step of a pipeline."""

    def __init__(self, text: str) -> None:
        from lightgbm import Booster  # noqa: PLC0415 - heavy, and only for those who train

        self.booster_ = Booster(model_str=text)  # also where it was just made: then nothing depends on a stop between

    def predict_proba(self, matrix: Matrix) -> Floats:
        """Return the probabilities of both classes, `(n_rows, 2)`."""
        positive = np.asarray(self.booster_.predict(matrix, num_threads=1), dtype=np.float64)
        return np.column_stack([1 - positive, positive])


class BoostedLearner:
    """Trees that are boosted on, behind features that are made as at the beginning.

    Parameters
    ----------
    task
        What it is made for.
    began
        The rows that it began with.
    way
        Whether a batch adds trees, or moves the leaves.
    state
        Where it goes on; None to begin.
    """

    def __init__(self, task: LearnerTask, began: KeptRows, way: Way, state: LearnerState | None = None) -> None:
        from sklearn.pipeline import Pipeline  # noqa: PLC0415 - heavy, and only for those who train

        self._task, self._way, self._pipeline = task, way, Pipeline
        whole = build_pipeline(Recipe("lightgbm"), task.signature, task.training, seed=task.seed)
        self._front = whole[:-1].fit(began.matrix, began.labels)
        if state is None:
            self._rows = began.limited(task.section.window_rows, "newest", task.seed)
            self._estimator = Boosted(self._grown(self._rows.matrix, self._rows.labels, _FIRST_TREES))
        else:
            self._rows = KeptRows.from_state(state)
            self._estimator = Boosted(state["booster"].tobytes().decode())

    @property
    def rows(self) -> KeptRows:
        """The rows that it keeps."""
        return self._rows

    @property
    def size(self) -> int:
        """How many trees it has."""
        return int(self._estimator.booster_.num_trees())

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of the positive class, `(n_rows,)`."""
        return self._estimator.predict_proba(self._made(matrix))[:, 1]

    def learn(self, matrix: Matrix, labels: Labels, *, has_changed: bool) -> None:
        """Learn a batch; after a change, and where there are too many trees, begin anew from what is kept."""
        section = self._task.section
        rows = self._rows.with_batch(matrix, labels, section.window_rows, "newest", self._task.seed)
        if has_changed:
            rows = present_rows(rows, min(len(labels), len(rows)), self._asking)
        self._rows = rows
        is_full = self._way == "trees" and self.size + section.batch_trees > section.most_trees
        if has_changed or is_full:
            if len(np.unique(rows.labels)) > 1:
                self._estimator = Boosted(self._grown(rows.matrix, rows.labels, _FIRST_TREES))
        elif self._way == "leaves":
            moved = self._estimator.booster_.refit(self._made(matrix), labels, decay_rate=section.leaf_decay)
            self._estimator = Boosted(moved.model_to_string())
        else:
            self._estimator = Boosted(self._grown(matrix, labels, section.batch_trees, self._estimator.booster_))

    def model(self) -> FittedModel:
        """Return what it has learnt so far."""
        steps = [*self._front.steps, ("estimator", self._estimator)]
        return FittedModel("lightgbm", self._pipeline(steps), len(self._task.signature.columns))

    def state(self) -> LearnerState:
        """Return the rows, and the booster in LightGBM's own text."""
        text = np.frombuffer(self._estimator.booster_.model_to_string().encode(), dtype=np.uint8)
        return {**self._rows.state(), "booster": text}

    def _made(self, matrix: Matrix) -> Any:
        return self._front.transform(matrix)

    def _grown(self, matrix: Matrix, labels: Labels, trees: int, before: Any = None) -> str:
        """Return a booster of so many more trees, as text.

        The share of positives is no part of it where leaves are refitted: LightGBM refits them as if there were none.
        """
        from lightgbm import Dataset, train  # noqa: PLC0415 - as above

        parameters = {**_DEFAULTS, "boost_from_average": self._way == "trees", **self._task.section.parameters}
        try:
            grown = train(
                {**parameters, **_FIXED, "seed": self._task.seed},
                Dataset(self._made(matrix), labels),
                num_boost_round=trees,
                init_model=before,
            )
        except Exception as error:  # LightGBM has exceptions of its own
            raise TrainingError(
                f"LightGBM refuses to learn: {error}",
                where="keepfit.toml: [stream] parameters",
                hint="correct or remove this value",
            ) from error
        return str(grown.model_to_string())

    def _asking(self, matrix: Matrix, labels: Labels) -> Callable[[Matrix], Floats]:
        fitted = Boosted(self._grown(matrix, labels, _FIRST_TREES))
        return lambda rows: fitted.predict_proba(self._made(rows))[:, 1]
