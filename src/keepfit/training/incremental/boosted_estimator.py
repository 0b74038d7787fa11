"""A booster of LightGBM as scikit-learn's pipelines take an estimator."""

from __future__ import annotations

import numpy as np
from lightgbm import Booster
from sklearn.base import BaseEstimator, ClassifierMixin

from keepfit.arrays import Floats, Labels, Matrix


class BoostedEstimator(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # no types
    """A booster of LightGBM as the last step of a pipeline, learnt elsewhere.

    Parameters
    ----------
    text
        The booster in LightGBM's own text, also where it was just made: then nothing depends on a stop between.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.booster_ = Booster(model_str=text)
        self.classes_ = np.array([0, 1], dtype=np.int8)

    def fit(self, matrix: Matrix, labels: Labels) -> BoostedEstimator:  # noqa: ARG002 - scikit-learn asks for them
        """Stay as it is."""
        return self

    def predict_proba(self, matrix: Matrix) -> Floats:
        """Return the probabilities of both classes, `(n_rows, 2)`."""
        positive = np.asarray(self.booster_.predict(matrix, num_threads=1), dtype=np.float64)
        return np.column_stack([1 - positive, positive])
