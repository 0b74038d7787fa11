"""The members of the ensemble: what is fitted where a project names no candidates of its own.

They were chosen by principle, and none for a table: families that err differently, shallow and deep, with a fast
learning rate, since a few dozen trees score as well as many hundreds in an average and cost a fraction of the time.
The choice and what was tried besides is in `docs/training.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["linear", "network", "forest", "lightgbm", "xgboost", "catboost"]
ROUNDS = (30, 45, 60, 90, 120, 180)


@dataclass(frozen=True, slots=True)
class Member:
    """One model of an ensemble.

    Attributes
    ----------
    name
        What it is called in reports.
    kind
        Its family.
    parameters
        Of the estimator.
    rounds
        Of a booster: the numbers of rounds that the out-of-fold log-loss chooses among.
    is_refitted
        Whether the final model is one fit on all training rows; otherwise it is the average of the models of the folds.
    """

    name: str
    kind: Kind
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rounds: tuple[int, ...] = ()
    is_refitted: bool = False


MEMBERS: tuple[Member, ...] = (
    Member("logistic regression", "linear"),
    Member("logistic regression with hinges", "linear", {"hinges": True}),
    Member("neural network", "network", {"hidden_layer_sizes": (32,), "alpha": 0.1, "learning_rate_init": 3e-3}),
    Member("random forest", "forest", {"min_samples_leaf": 3, "max_features": 0.4}, is_refitted=True),
    Member("extra trees", "forest", {"is_extra": True, "max_features": 0.6}, is_refitted=True),
    Member("extra trees, few features", "forest", {"is_extra": True, "max_features": "sqrt"}, is_refitted=True),
    Member(
        "LightGBM",
        "lightgbm",
        {
            "learning_rate": 0.1,
            "num_leaves": 8,
            "min_child_samples": 15,
            "colsample_bytree": 0.4,
            "subsample": 0.7,
            "subsample_freq": 1,
            "reg_lambda": 3,
        },
        ROUNDS,
    ),
    Member(
        "LightGBM, deep",
        "lightgbm",
        {
            "learning_rate": 0.1,
            "num_leaves": 31,
            "min_child_samples": 3,
            "colsample_bytree": 0.4,
            "subsample": 0.8,
            "subsample_freq": 1,
            "reg_lambda": 3,
        },
        ROUNDS,
    ),
    Member(
        "XGBoost",
        "xgboost",
        {
            "learning_rate": 0.1,
            "max_depth": 4,
            "min_child_weight": 2,
            "colsample_bynode": 0.4,
            "subsample": 0.7,
            "reg_lambda": 3,
            "max_bin": 128,
        },
        ROUNDS,
    ),
    Member(
        "XGBoost, deep",
        "xgboost",
        {
            "learning_rate": 0.1,
            "max_depth": 8,
            "min_child_weight": 1,
            "colsample_bynode": 0.4,
            "subsample": 0.8,
            "reg_lambda": 2,
            "max_bin": 128,
        },
        ROUNDS,
    ),
    Member(
        "CatBoost",
        "catboost",
        {
            "learning_rate": 0.1,
            "depth": 5,
            "l2_leaf_reg": 4,
            "rsm": 0.5,
            "bootstrap_type": "Bernoulli",
            "subsample": 0.7,
            "border_count": 64,
            "boosting_type": "Plain",
        },
        ROUNDS,
    ),
)
