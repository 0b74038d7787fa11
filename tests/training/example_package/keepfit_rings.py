"""A package that registers a feature step and a model of its own; docs/extending.md shows it."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from keepfit.training.families import Family
from keepfit.training.steps import NUMBERS, Step

POISON = 1313.0


class Rings(TransformerMixin, BaseEstimator):
    """How far a number is from the median, in rings of equal width."""

    def __init__(self, width: float = 1.0) -> None:
        self.width = width

    def fit(self, matrix, labels=None):
        self.middle_ = np.median(matrix, axis=0)
        self.n_features_in_ = matrix.shape[1]
        return self

    def transform(self, matrix):
        if (matrix == POISON).any():
            raise ValueError("a number that this step cannot bear")
        return np.floor(np.abs(matrix - self.middle_) / self.width).astype(np.float32)


def build_rings(columns, parameters, seed):
    return Rings(**parameters)


def build_naive_bayes(parameters, seed):
    return GaussianNB(**parameters)


def build_neighbours(parameters, seed):
    return KNeighborsClassifier(**parameters)


rings = Step(
    build_rings,
    takes=NUMBERS,
    parameters=("width",),
    filler="median",
    is_scaled=True,
    description="How far a number is from the median, in rings.",
)
naive_bayes = Family(build_naive_bayes, is_linear=True)
neighbours = Family(build_neighbours, is_linear=True)
