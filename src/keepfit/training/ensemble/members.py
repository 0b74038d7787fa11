"""The members of the ensemble: what is fitted where a project names no candidates of its own.

They are families that err differently, each with settings that do well on most tables. LightGBM and XGBoost learn fast,
since a few dozen trees score as well in an average as many hundreds, and cost a fraction of the time; CatBoost learns
slowly, and is what helps most where a target is hard to predict. What was tried besides is in `docs/training.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from keepfit.training.ensemble.views import Categories

Kind = Literal["linear", "network", "forest", "lightgbm", "xgboost", "catboost"]
_FAST = (30, 45, 60, 90, 120, 180)
_SLOW = (100, 150, 200, 300, 400, 600)


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
    categories
        Of trees: the form in which they see categories.
    rounds
        Of a booster: the numbers of rounds that the out-of-fold log-loss chooses among.
    is_refitted
        Whether the final model is one fit on all training rows; otherwise it is the average of the models of the folds.
    """

    name: str
    kind: Kind
    parameters: Mapping[str, Any] = field(default_factory=dict)
    categories: Categories = "both"
    rounds: tuple[int, ...] = ()
    is_refitted: bool = False

    @property
    def is_of_trees(self) -> bool:
        """Whether it can keep a direction."""
        return self.kind not in ("linear", "network")


MEMBERS: tuple[Member, ...] = (
    Member("logistic regression", "linear"),
    Member("logistic regression with hinges", "linear", {"hinges": True}),
    Member("neural network", "network", {"hidden_layer_sizes": (32,), "alpha": 0.1, "learning_rate_init": 3e-3}),
    Member(
        "random forest",
        "forest",
        {"min_samples_leaf": 3, "max_features": 0.5},
        categories="one-hot",
        is_refitted=True,
    ),
    Member(
        "extra trees, few features",
        "forest",
        {"is_extra": True, "max_features": "sqrt"},
        categories="one-hot",
        is_refitted=True,
    ),
    Member(
        "extra trees, many features",
        "forest",
        {"is_extra": True, "min_samples_leaf": 3, "max_features": 0.7},
        is_refitted=True,
    ),
    Member(
        "LightGBM",
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
        rounds=_FAST,
        is_refitted=True,
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
        rounds=_FAST,
        is_refitted=True,
    ),
    Member(
        "CatBoost",
        "catboost",
        {
            "learning_rate": 0.04,
            "depth": 6,
            "l2_leaf_reg": 6,
            "rsm": 0.4,
            "bootstrap_type": "Bernoulli",
            "subsample": 0.7,
            "border_count": 64,
            "boosting_type": "Plain",
        },
        rounds=_SLOW,
        is_refitted=True,
    ),
)
