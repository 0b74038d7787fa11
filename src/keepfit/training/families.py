"""The families of models that a candidate may name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keepfit.project import entry_points
from keepfit.training.plugin_table import PluginTable
from keepfit.training.trees import Tree, catboost_trees, lightgbm_trees, xgboost_trees

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
    trees
        Reads the trees of a booster, and what their leaves add to: the sum is the logit. None for an estimator that
        skl2onnx converts.
    unexportable
        Values of parameters that make what no graph can hold, by name.
    objectives
        Values of the parameter that says what is learnt, by its name: any other would not be a logit.
    monotone
        The parameters that keep its probability from falling (1) or rising (-1) with a feature, or neither (0), from
        a number for each feature. None where it cannot be kept.
    """

    build: Callable[[Mapping[str, Any], int], Any]
    is_linear: bool
    count: str = ""
    keep_first: Callable[[Any, int], None] = _keep_all
    trees: Callable[[Any], tuple[Sequence[Tree], float]] | None = None
    unexportable: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    objectives: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    monotone: Callable[[Sequence[int]], dict[str, Any]] | None = None


def _logistic_regression(parameters: Mapping[str, Any], seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, and only for those who train

    return LogisticRegression(**{"max_iter": 1000, "random_state": seed, **parameters})


def _random_forest(parameters: Mapping[str, Any], seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - as above

    return RandomForestClassifier(**{"n_jobs": 1, "random_state": seed, **parameters})


def _extra_trees(parameters: Mapping[str, Any], seed: int) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier  # noqa: PLC0415 - as above

    return ExtraTreesClassifier(**{"n_jobs": 1, "random_state": seed, **parameters})


def _xgboost(parameters: Mapping[str, Any], seed: int) -> Any:
    from xgboost import XGBClassifier  # noqa: PLC0415 - as above

    return XGBClassifier(**{"n_jobs": 1, "random_state": seed, **parameters})


def _lightgbm(parameters: Mapping[str, Any], seed: int) -> Any:
    from lightgbm import LGBMClassifier  # noqa: PLC0415 - as above

    quiet = {"n_jobs": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}
    return LGBMClassifier(**{**quiet, "random_state": seed, **parameters})


def _catboost(parameters: Mapping[str, Any], seed: int) -> Any:
    from catboost import CatBoostClassifier  # noqa: PLC0415 - as above

    quiet = {"thread_count": 1, "verbose": 0, "allow_writing_files": False}
    return CatBoostClassifier(**{**quiet, "random_seed": seed, **parameters})


def _monotone_forest(directions: Sequence[int]) -> dict[str, Any]:
    return {"monotonic_cst": list(directions)}


def _monotone_xgboost(directions: Sequence[int]) -> dict[str, Any]:
    return {"monotone_constraints": tuple(directions)}


def _monotone_catboost(directions: Sequence[int]) -> dict[str, Any]:
    return {"monotone_constraints": list(directions)}


def _monotone_lightgbm(directions: Sequence[int]) -> dict[str, Any]:
    # "advanced" constrains less, and has open reports of violations: lightgbm-org/LightGBM issues 5358 and 6155
    return {"monotone_constraints": list(directions), "monotone_constraints_method": "basic"}


def _trees_of_xgboost(estimator: Any) -> tuple[Sequence[Tree], float]:
    booster = estimator.get_booster()
    return xgboost_trees(booster, booster.num_boosted_rounds())


def _trees_of_lightgbm(estimator: Any) -> tuple[Sequence[Tree], float]:
    return list(lightgbm_trees(estimator.booster_, estimator.booster_.current_iteration())), 0.0


def _trees_of_catboost(estimator: Any) -> tuple[Sequence[Tree], float]:
    return catboost_trees(estimator, estimator.tree_count_)


_BUILT_IN: dict[str, Family] = {
    "logistic_regression": Family(_logistic_regression, is_linear=True),
    "random_forest": Family(
        _random_forest, is_linear=False, count="n_estimators", keep_first=_keep_trees, monotone=_monotone_forest
    ),
    "extra_trees": Family(
        _extra_trees, is_linear=False, count="n_estimators", keep_first=_keep_trees, monotone=_monotone_forest
    ),
    "lightgbm": Family(
        _lightgbm,
        is_linear=False,
        trees=_trees_of_lightgbm,
        unexportable={"linear_tree": (True,)},
        objectives={"objective": ("binary", None)},
        monotone=_monotone_lightgbm,
    ),
    "xgboost": Family(
        _xgboost,
        is_linear=False,
        count="n_estimators",
        keep_first=_keep_rounds,
        trees=_trees_of_xgboost,
        unexportable={"booster": ("gblinear",)},
        objectives={"objective": ("binary:logistic",)},
        monotone=_monotone_xgboost,
    ),
    "catboost": Family(
        _catboost,
        is_linear=False,
        trees=_trees_of_catboost,
        unexportable={"grow_policy": ("Depthwise", "Lossguide")},
        objectives={"loss_function": ("Logloss", "CrossEntropy")},
        monotone=_monotone_catboost,
    ),
}

FAMILIES = PluginTable(_BUILT_IN, entry_points.MODELS, Family)


def parameter_names(model: str) -> set[str]:
    """Return the names of a family's parameters; not every library tells all of them alike."""
    estimator = FAMILIES[model].build({}, 0)
    told = set(inspect.signature(type(estimator).__init__).parameters) - {"self", "args", "kwargs"}
    return told | set(estimator.get_params())
