"""A logistic regression that is moved by gradient steps, of scikit-learn or of River."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.training.families import FAMILIES
from keepfit.training.incremental.kept_rows import KeptRows
from keepfit.training.incremental.learner import LearnerState, LearnerTask
from keepfit.training.model import FittedModel
from keepfit.training.pipelines import build_pipeline

_CLASSES = np.array([0, 1], dtype=np.int8)
_FIRST_PASSES = 20
SKLEARN_PARAMETERS = frozenset(["penalty", "alpha", "l1_ratio", "fit_intercept", "learning_rate", "eta0", "power_t"])
"""What may be set of SGDClassifier. Not `average`: it hides what is needed to go on."""
RIVER_PARAMETERS = frozenset(["l2", "intercept_init", "intercept_lr", "clip_gradient"])
"""What may be set of River's LogisticRegression and is a number. Not `l1`: it hides what is needed to go on."""


class _Steps(Protocol):
    """What makes the steps of one library."""

    def step(self, features: Matrix, labels: Labels) -> None:
        """Move the weights by some rows, in their order."""

    def weights(self) -> tuple[Floats, float]:
        """Return a weight for each feature, and the intercept."""

    def state(self) -> LearnerState:
        """Return what is needed to go on."""


class LinearLearner:
    """A logistic regression behind features that are made, and standardised, as at the beginning.

    Parameters
    ----------
    task
        What it is made for.
    began
        The rows that it began with.
    library
        `sklearn` or `river`.
    state
        Where it goes on; None to begin.
    """

    def __init__(self, task: LearnerTask, began: KeptRows, library: str, state: LearnerState | None = None) -> None:
        from sklearn.pipeline import Pipeline  # noqa: PLC0415 - heavy, and only for those who train

        self._task, self._pipeline = task, Pipeline
        whole = build_pipeline(Recipe("logistic_regression"), task.signature, task.training, seed=task.seed)
        self._front = whole[:-1].fit(began.matrix, began.labels)
        features = self._made(began.matrix)
        made = _SklearnSteps if library == "sklearn" else _RiverSteps
        try:
            self._steps: _Steps = made(task.section.parameters, features.shape[1], state)
        except ImportError:
            raise
        except Exception as error:  # each library has exceptions of its own
            raise _refused(f"the linear model refuses its parameters: {error}") from error
        self._rows = began.limited(task.section.window_rows, "newest", task.seed)
        if state is not None:
            self._rows = KeptRows.from_state(state)
        else:
            rng = np.random.default_rng(task.seed)
            for _ in range(_FIRST_PASSES):
                order = rng.permutation(len(features))
                self._step(features[order], began.labels[order])

    @property
    def rows(self) -> KeptRows:
        """The newest rows; it does not look at them again."""
        return self._rows

    @property
    def recipe(self) -> Recipe:
        """A logistic regression, with the parameters of its steps."""
        return Recipe("logistic_regression", dict(self._task.section.parameters))

    @property
    def trees(self) -> None:
        """None: it has weights."""
        return None

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of the positive class, `(n_rows,)`."""
        return self.model().probability(matrix)

    def learn(self, matrix: Matrix, labels: Labels, *, has_changed: bool) -> None:  # noqa: ARG002 - it follows anyway
        """Learn a batch by a step for each row; a change needs nothing else, as old rows are not kept."""
        self._step(self._made(matrix), labels)
        self._rows = self._rows.with_batch(matrix, labels, self._task.section.window_rows, "newest", self._task.seed)

    def model(self) -> FittedModel:
        """Return what it has learnt so far, as scikit-learn's logistic regression."""
        weights, intercept = self._steps.weights()
        estimator = FAMILIES["logistic_regression"].build({}, self._task.seed)
        estimator.classes_ = _CLASSES
        estimator.coef_, estimator.intercept_ = weights[None], np.array([intercept])
        estimator.n_features_in_, estimator.n_iter_ = len(weights), np.array([1])
        steps = [*self._front.steps, ("estimator", estimator)]
        return FittedModel("logistic_regression", self._pipeline(steps), len(self._task.signature.columns))

    def state(self) -> LearnerState:
        """Return the weights, how far the steps have become shorter, and the rows."""
        return {**self._rows.state(), **self._steps.state()}

    def _step(self, features: Matrix, labels: Labels) -> None:
        try:
            self._steps.step(features, labels)
        except Exception as error:  # each library has exceptions of its own
            raise _refused(f"the linear model cannot learn: {error}") from error
        weights, intercept = self._steps.weights()
        if not np.isfinite([*weights, intercept]).all():
            raise _refused("the linear model's weights grow without end")

    def _made(self, matrix: Matrix) -> Matrix:
        made: Matrix = np.asarray(self._front.transform(matrix), dtype=np.float32)
        return made


def _refused(what: str) -> TrainingError:
    return TrainingError(what, where="keepfit.toml: [stream] parameters", hint="correct or remove this value")


class _SklearnSteps:
    """Steps of scikit-learn's SGDClassifier."""

    def __init__(self, parameters: Mapping[str, Any], width: int, state: LearnerState | None) -> None:
        from sklearn.linear_model import SGDClassifier  # noqa: PLC0415 - heavy, and only for those who train

        usual = {"learning_rate": "constant", "eta0": 0.005, "alpha": 1e-4}
        self._model = SGDClassifier(**{**usual, **parameters, "loss": "log_loss", "shuffle": False})
        self._model.partial_fit(np.zeros((2, width), dtype=np.float64), _CLASSES, classes=_CLASSES)
        at = (
            {"coef": np.zeros((1, width)), "intercept": np.zeros(1), "steps": np.array(1.0)} if state is None else state
        )
        self._model.coef_, self._model.intercept_ = at["coef"].copy(), at["intercept"].copy()
        self._model.t_ = float(at["steps"])

    def step(self, features: Matrix, labels: Labels) -> None:
        """Move the weights by some rows, in their order."""
        self._model.partial_fit(features.astype(np.float64), labels)

    def weights(self) -> tuple[Floats, float]:
        """Return a weight for each feature, and the intercept."""
        return self._model.coef_[0].astype(np.float64), float(self._model.intercept_[0])

    def state(self) -> LearnerState:
        """Return what is needed to go on."""
        return {
            "coef": self._model.coef_.copy(),
            "intercept": self._model.intercept_.copy(),
            "steps": np.array(self._model.t_),
        }


class _RiverSteps:
    """Steps of River's logistic regression."""

    def __init__(self, parameters: Mapping[str, Any], width: int, state: LearnerState | None) -> None:
        from river.linear_model import LogisticRegression  # noqa: PLC0415 - an extra
        from river.utils import VectorDict  # noqa: PLC0415 - as above

        self._width = width
        self._model = LogisticRegression(**parameters)
        if state is not None:
            weights = VectorDict(dict(enumerate(state["weights"].tolist())))
            self._model._weights = weights  # noqa: SLF001 - it has no other way to go on from weights
            self._model.intercept = float(state["intercept"])
            self._model.optimizer.n_iterations = int(state["steps"])

    def step(self, features: Matrix, labels: Labels) -> None:
        """Move the weights by some rows, in their order."""
        for row, label in zip(features.tolist(), labels.tolist(), strict=True):
            self._model.learn_one(dict(enumerate(row)), bool(label))

    def weights(self) -> tuple[Floats, float]:
        """Return a weight for each feature, and the intercept."""
        known = self._model.weights
        return np.array([known.get(at, 0.0) for at in range(self._width)], dtype=np.float64), float(
            self._model.intercept
        )

    def state(self) -> LearnerState:
        """Return what is needed to go on."""
        weights, intercept = self.weights()
        steps = np.array(self._model.optimizer.n_iterations)
        return {"weights": weights, "intercept": np.array(intercept), "steps": steps}
