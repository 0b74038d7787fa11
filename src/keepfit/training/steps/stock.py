"""The table of steps; most of them are scikit-learn's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keepfit.signature import Column
from keepfit.training.steps.step import CATEGORIES, MISSING_CODE, NUMBERS, Step


def _keep(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - one form for all
    return "passthrough"


def _one_hot(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.preprocessing import OneHotEncoder  # noqa: PLC0415 - heavy, and only for those who train

    levels = [[MISSING_CODE, *map(float, range(max(len(column.categories), 2)))] for column in columns]
    return OneHotEncoder(
        categories=levels, handle_unknown="ignore", sparse_output=False, dtype=np.float32, **parameters
    )


def _target(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - as above
    from sklearn.preprocessing import TargetEncoder  # noqa: PLC0415 - as above

    folds = StratifiedKFold(parameters.get("cv", 5), shuffle=True, random_state=seed)
    return TargetEncoder(target_type="binary", **{**parameters, "cv": folds})


def _frequency(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from keepfit.training.steps.frequency import FrequencyEncoder  # noqa: PLC0415 - as above

    return FrequencyEncoder()


def _log(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from keepfit.training.steps.signed_log import SignedLog  # noqa: PLC0415 - as above

    return SignedLog()


def _quantile(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.preprocessing import QuantileTransformer  # noqa: PLC0415 - as above

    return QuantileTransformer(**{"n_quantiles": 100, "random_state": seed, **parameters})


def _polynomial(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.preprocessing import PolynomialFeatures  # noqa: PLC0415 - as above

    return PolynomialFeatures(**{"include_bias": False, **parameters})


def _k_bins(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.preprocessing import KBinsDiscretizer  # noqa: PLC0415 - as above

    stock = {"encode": "ordinal", "strategy": "quantile", "quantile_method": "averaged_inverted_cdf"}
    return KBinsDiscretizer(**{**stock, "random_state": seed, **parameters}, dtype=np.float32)


STEPS: dict[str, Step] = {
    "keep": Step(_keep, NUMBERS, (), "median", True, "The number as it is."),
    "ordinal": Step(_keep, CATEGORIES, (), "own_level", True, "The category's code, in the vocabulary's order."),
    "one_hot": Step(
        _one_hot, CATEGORIES, ("drop",), "own_level", False, "A column of 0 and 1 for each category, and for missing."
    ),
    "target": Step(
        _target,
        CATEGORIES,
        ("smooth", "cv"),
        "own_level",
        True,
        "The mean of the target for each category, shrunk to that of all rows; cross-fitted, so that no row has a say "
        "in its own.",
    ),
    "frequency": Step(
        _frequency, CATEGORIES, (), "own_level", True, "The share of the training rows that have the category."
    ),
    "log": Step(_log, NUMBERS, (), "median", True, "sign(x) ln(1 + |x|)."),
    "quantile": Step(
        _quantile,
        NUMBERS,
        ("n_quantiles", "output_distribution"),
        "median",
        True,
        "The share of the training rows below the value.",
    ),
    "polynomial": Step(
        _polynomial,
        NUMBERS,
        ("degree", "interaction_only", "include_bias"),
        "median",
        True,
        "Products and powers of the columns up to a degree.",
    ),
    "k_bins": Step(
        _k_bins,
        NUMBERS,
        ("n_bins", "strategy"),
        "median",
        True,
        "The number of the interval that the value lies in.",
    ),
}
