"""Those that Keepfit is compared with: the published recipe, River's forest, and what learns nothing."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from wines import Rows  # the file beside this one

from keepfit.arrays import Floats, Labels, Matrix

ROUNDS = 100
PARAMETERS = {
    "objective": "binary",
    "boosting_type": "gbdt",
    "learning_rate": 0.05,
    "max_bin": 255,
    "force_col_wise": True,
    "is_unbalance": True,
    "num_threads": 1,
    "verbose": -1,
}


class PublishedRecipe:
    """LightGBM that is continued by 100 rounds at each batch, as the published system does.

    Its parameters are the published ones but for `tree_learner = "feature"`, which is for several machines. It begins
    with all first rows at once, where the publication begins with a batch: that is to its favour. And it learns all
    rows of a batch, where the publication sets a tenth aside and asks nothing about it: that makes little difference.
    """

    def __init__(self, begin: Rows, seed: int) -> None:
        self._seed = seed
        self.booster: Any = None
        self.learn(begin.matrix, begin.labels)

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of a good wine, `(n_rows,)`."""
        return np.asarray(self.booster.predict(matrix, num_threads=1), dtype=np.float64)

    def learn(self, matrix: Matrix, labels: Labels) -> None:
        """Add the trees of a batch."""
        import lightgbm  # noqa: PLC0415 - heavy

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.booster = lightgbm.train(
                {**PARAMETERS, "seed": self._seed},
                lightgbm.Dataset(matrix, labels, params={"verbose": -1}),
                num_boost_round=ROUNDS,
                init_model=self.booster,
                keep_training_booster=True,
            )


class AdaptiveForest:
    """River's adaptive random forest, as it comes: ten trees, each with a drift detector, and a row at a time."""

    def __init__(self, begin: Rows, seed: int) -> None:
        from river.forest import ARFClassifier  # noqa: PLC0415 - of an extra

        self._forest = ARFClassifier(seed=seed)
        self.learn(begin.matrix, begin.labels)

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of a good wine, `(n_rows,)`."""
        said = [self._forest.predict_proba_one(dict(enumerate(row))) for row in matrix.tolist()]
        return np.array([one.get(True, 0.0) for one in said])

    def learn(self, matrix: Matrix, labels: Labels) -> None:
        """Learn the rows of a batch one by one."""
        for row, label in zip(matrix.tolist(), labels.tolist(), strict=True):
            self._forest.learn_one(dict(enumerate(row)), bool(label))


class Frozen:
    """A model of the beginning, which nothing is taught."""

    def __init__(self, model: Any) -> None:
        self.probability = model.probability

    def learn(self, matrix: Matrix, labels: Labels) -> None:
        """Stay."""


class ClassPrior:
    """The share of good wines so far."""

    def __init__(self, begin: Rows) -> None:
        self._good, self._rows = int(begin.labels.sum()), len(begin)

    def probability(self, matrix: Matrix) -> Floats:
        """Return the share for each, `(n_rows,)`."""
        return np.full(len(matrix), (self._good + 0.5) / (self._rows + 1))

    def learn(self, matrix: Matrix, labels: Labels) -> None:
        """Count."""
        self._good, self._rows = self._good + int(labels.sum()), self._rows + len(matrix)
