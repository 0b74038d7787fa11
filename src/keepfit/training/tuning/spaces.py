"""Where a search looks: a family's own space, or the declared one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import Candidate, Range, Value
from keepfit.training.families import parameter_names
from keepfit.training.recipes import ENSEMBLE, require_exportable

Space = dict[str, Range | list[Value]]

_FOREST: Space = {
    "n_estimators": [200],
    "max_depth": Range(low=3, high=30),
    "min_samples_leaf": Range(low=1, high=30, log=True),
    "max_features": Range(low=0.1, high=1.0),
}
DEFAULT_SPACES: dict[str, Space] = {
    "logistic_regression": {"C": Range(low=1e-3, high=100.0, log=True)},
    "random_forest": _FOREST,
    "extra_trees": _FOREST,
    "lightgbm": {
        "n_estimators": Range(low=50, high=600, log=True),
        "learning_rate": Range(low=0.01, high=0.2, log=True),
        "num_leaves": Range(low=4, high=64, log=True),
        "min_child_samples": Range(low=3, high=80, log=True),
        "colsample_bytree": Range(low=0.3, high=1.0),
        "subsample": Range(low=0.5, high=1.0),
        "subsample_freq": [1],
        "reg_lambda": Range(low=0.01, high=30.0, log=True),
    },
    "xgboost": {
        "n_estimators": Range(low=50, high=600, log=True),
        "learning_rate": Range(low=0.01, high=0.2, log=True),
        "max_depth": Range(low=2, high=8),
        "min_child_weight": Range(low=0.5, high=20.0, log=True),
        "colsample_bytree": Range(low=0.3, high=1.0),
        "subsample": Range(low=0.5, high=1.0),
        "reg_lambda": Range(low=0.01, high=30.0, log=True),
    },
    "catboost": {
        "iterations": Range(low=100, high=600, log=True),
        "learning_rate": Range(low=0.01, high=0.2, log=True),
        "depth": Range(low=3, high=8),
        "l2_leaf_reg": Range(low=1.0, high=30.0, log=True),
        "rsm": Range(low=0.3, high=1.0),
    },
}


def declared_spaces(candidates: Sequence[Candidate]) -> list[tuple[Candidate, Space]]:
    """Return the candidates that declare a space, each with it.

    Raises
    ------
    TrainingError
        When one names a parameter that its estimator does not have, has no values for one, or values that cannot be
        exported; or when two of them are the same.
    """
    found: list[tuple[Candidate, Space]] = []
    for at, candidate in enumerate(candidates):
        if candidate.space is None:
            continue
        where = f"keepfit.toml: [training] candidates.{at}.space"
        space = _space(candidate, where)
        if any((candidate.model, space) == (other.model, known) for other, known in found):
            raise TrainingError(
                f"an earlier candidate searches {candidate.model} in the same space", where=where, hint="remove one"
            )
        found.append((candidate, space))
    return found


def _space(candidate: Candidate, where: str) -> Space:
    if candidate.model == ENSEMBLE:
        raise TrainingError(
            "the ensemble has no space",
            where=where,
            hint="its members and their weights are chosen by cross-validation; remove the space",
        )
    if candidate.space is None or candidate.space == "default":
        return DEFAULT_SPACES[candidate.model]
    if not candidate.space:
        raise TrainingError("the space is empty", where=where, hint='name parameters, or write space = "default"')
    known = parameter_names(candidate.model)
    for name, values in candidate.space.items():
        if name not in known:
            raise TrainingError(
                f"{candidate.model} has no parameter {name}", where=where, hint=nearest(name, sorted(known))
            )
        if isinstance(values, list):
            require_exportable(candidate.model, name, values, where)
    return candidate.space


def distributions(space: Space) -> dict[str, Any]:
    """Return the space as Optuna's distributions, by parameter."""
    from optuna import distributions as kinds  # noqa: PLC0415 - heavy, and only for those who search

    found: dict[str, Any] = {}
    for name, values in space.items():
        if isinstance(values, list):
            found[name] = kinds.CategoricalDistribution(values)
        elif isinstance(values.low, int) and isinstance(values.high, int):
            found[name] = kinds.IntDistribution(values.low, values.high, log=values.log)
        else:
            found[name] = kinds.FloatDistribution(values.low, values.high, log=values.log)
    return found
