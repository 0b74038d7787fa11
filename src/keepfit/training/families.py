"""The families of models that a candidate may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Estimators run on one thread: candidates are what is spread over the cores, and a served row needs no pool.


def _keep_all(estimator: Any, count: int) -> None:
    """Cut nothing: for estimators that are no sequence of trees."""


def _keep_trees(forest: Any, count: int) -> None:
    forest.estimators_ = forest.estimators_[:count]


def _keep_rounds(booster: Any, count: int) -> None:
    booster._Booster = booster.get_booster()[:count]  # noqa: SLF001 - its way to replace it


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of estimator.

    Attributes
    ----------
    build
        Makes the unfitted estimator from its parameters and a seed.
    is_linear
        Whether the features are standardised first. Trees must not be: a scaler before them breaks the parity of the
        exported graph.
    count
        The parameter that says how many trees there are, where those drawn first do not depend on it; else empty.
    keep_first
        Cuts a fitted copy of the estimator down to its first trees, in place.
    """

    build: Callable[[Mapping[str, Any], int], Any]
    is_linear: bool
    count: str = ""
    keep_first: Callable[[Any, int], None] = _keep_all


def _logistic_regression(parameters: Mapping[str, Any], seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, and only for those who train

    return LogisticRegression(**{"max_iter": 1000, "random_state": seed, **parameters})


def _random_forest(parameters: Mapping[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - as above

    return RandomForestClassifier(**{"n_jobs": 1, "random_state": seed, **parameters})


def _xgboost(parameters: Mapping[str, Any], seed: int) -> Any:
    from xgboost import XGBClassifier  # noqa: PLC0415 - as above

    return XGBClassifier(**{"n_jobs": 1, "random_state": seed, **parameters})


FAMILIES: dict[str, Family] = {
    "logistic_regression": Family(_logistic_regression, is_linear=True),
    "random_forest": Family(_random_forest, is_linear=False, count="n_estimators", keep_first=_keep_trees),
    "xgboost": Family(_xgboost, is_linear=False, count="n_estimators", keep_first=_keep_rounds),
}
