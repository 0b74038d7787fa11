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
_SKLEARN_NAMES = {
    "min_child_samples": "min_data_in_leaf",
    "min_child_weight": "min_sum_hessian_in_leaf",
    "min_split_gain": "min_gain_to_split",
    "colsample_bytree": "feature_fraction",
    "subsample": "bagging_fraction",
    "subsample_freq": "bagging_freq",
    "subsample_for_bin": "bin_construct_sample_cnt",
    "reg_alpha": "lambda_l1",
    "reg_lambda": "lambda_l2",
}
_OTHER_NAMES = (
    *("learning_rate", "num_leaves", "max_depth", "max_bin", "min_data_in_bin", "max_delta_step", "path_smooth"),
    *("feature_fraction_bynode", "scale_pos_weight", "is_unbalance", "extra_trees", "bagging_seed"),
    *("feature_fraction_seed", "extra_seed"),
)
BOOSTED_PARAMETERS = frozenset([*_SKLEARN_NAMES, *_SKLEARN_NAMES.values(), *_OTHER_NAMES])
"""What may be set, by LightGBM's own name or scikit-learn's: nothing that changes what is learnt or how many trees."""
_FIXED = {"objective": "binary", "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}
_NO_BAGGING = {"bagging_freq": 0}  # of a batch of one row nothing would be left
Way = Literal["trees", "leaves"]


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

        from keepfit.training.incremental.boosted_estimator import BoostedEstimator  # noqa: PLC0415 - as above

        self._task, self._way, self._pipeline, self._estimated = task, way, Pipeline, BoostedEstimator
        whole = build_pipeline(Recipe("lightgbm"), task.signature, task.training, seed=task.seed)
        self._front = whole[:-1].fit(began.matrix, began.labels)
        if state is None:
            self._rows = began.limited(task.section.window_rows, "newest", task.seed)
            self._estimator = self._estimated(self._grown(self._rows.matrix, self._rows.labels, self._first_trees))
        else:
            self._rows = KeptRows.from_state(state)
            self._estimator = self._estimated(state["booster"].tobytes().decode())

    @property
    def rows(self) -> KeptRows:
        """The rows that it keeps."""
        return self._rows

    @property
    def recipe(self) -> Recipe:
        """What grows its trees; how many there are is no parameter of it."""
        return Recipe("lightgbm", self._parameters)

    @property
    def trees(self) -> int:
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
        is_full = self._way == "trees" and self.trees + section.batch_trees > section.most_trees
        if has_changed or is_full:
            if len(np.unique(rows.labels)) > 1:
                self._estimator = self._estimated(self._grown(rows.matrix, rows.labels, self._first_trees))
        elif self._way == "leaves":
            moved = self._estimator.booster_.refit(
                self._made(matrix), labels, decay_rate=section.leaf_decay, dataset_params=_NO_BAGGING
            )
            self._estimator = self._estimated(moved.model_to_string())
        else:
            self._estimator = self._estimated(
                self._grown(matrix, labels, section.batch_trees, self._estimator.booster_)
            )

    def model(self) -> FittedModel:
        """Return what it has learnt so far."""
        steps = [*self._front.steps, ("estimator", self._estimator)]
        return FittedModel("lightgbm", self._pipeline(steps), len(self._task.signature.columns))

    def state(self) -> LearnerState:
        """Return the rows, and the booster in LightGBM's own text."""
        text = np.frombuffer(self._estimator.booster_.model_to_string().encode(), dtype=np.uint8)
        return {**self._rows.state(), "booster": text}

    @property
    def _first_trees(self) -> int:
        return min(_FIRST_TREES, self._task.section.most_trees) if self._way == "trees" else _FIRST_TREES

    @property
    def _parameters(self) -> dict[str, Any]:
        declared = {_SKLEARN_NAMES.get(name, name): value for name, value in self._task.section.parameters.items()}
        return {**_DEFAULTS, "boost_from_average": self._way == "trees", **declared}

    def _made(self, matrix: Matrix) -> Any:
        return self._front.transform(matrix)

    def _grown(self, matrix: Matrix, labels: Labels, trees: int, before: Any = None) -> str:
        """Return a booster of so many more trees, as text.

        The share of positives is no part of it where leaves are refitted: LightGBM refits them as if there were none.
        """
        from lightgbm import Dataset, train  # noqa: PLC0415 - as above

        parameters = self._parameters
        try:
            if len(labels) * parameters["bagging_fraction"] < 1:
                parameters = parameters | _NO_BAGGING
            grown = train(
                {**parameters, **_FIXED, "seed": self._task.seed},
                Dataset(self._made(matrix), labels),
                num_boost_round=trees,
                init_model=before,
            )
        except Exception as error:  # LightGBM has exceptions of its own
            raise TrainingError(
                f"LightGBM refuses to learn: {str(error).strip()}",
                where="keepfit.toml: [stream] parameters",
                hint="correct or remove this value",
            ) from error
        return str(grown.model_to_string())

    def _asking(self, matrix: Matrix, labels: Labels) -> Callable[[Matrix], Floats]:
        fitted = self._estimated(self._grown(matrix, labels, self._first_trees))
        return lambda rows: fitted.predict_proba(self._made(rows))[:, 1]
