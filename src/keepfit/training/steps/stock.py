"""The table of steps; most of them are scikit-learn's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from keepfit.project import entry_points
from keepfit.signature import Column, Kind
from keepfit.training.plugin_table import PluginTable
from keepfit.training.steps.civil_date import PARTS
from keepfit.training.steps.step import AS_IS, CATEGORIES, DATES, MISSING_CODE, NUMBERS, ORDERED, Step


def _keep(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - one form for all
    return "passthrough"


def _one_hot(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.preprocessing import OneHotEncoder  # noqa: PLC0415 - heavy, and only for those who train

    levels = [[MISSING_CODE, *map(float, range(max(len(column.categories), 2)))] for column in columns]
    words = {column.name: ("missing", *(column.categories or ("no", "yes"))) for column in columns}
    return OneHotEncoder(
        categories=levels,
        handle_unknown="ignore",
        sparse_output=False,
        dtype=np.float32,
        feature_name_combiner=partial(_category_name, words),
        **parameters,
    )


def _category_name(words: Mapping[str, Sequence[str]], name: str, code: Any) -> str:
    """Return the name of a category's own column; scikit-learn tries it with words of its own first."""
    return f"{name}={words[name][int(code) + 1]}" if name in words else f"{name}={code}"


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
    from keepfit.training.steps.quantile_shares import QuantileShares  # noqa: PLC0415 - as above

    return QuantileShares(**{"random_state": seed, **parameters})


def _polynomial(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.preprocessing import PolynomialFeatures  # noqa: PLC0415 - as above

    return PolynomialFeatures(**{"include_bias": False, **parameters})


def _k_bins(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from sklearn.preprocessing import KBinsDiscretizer  # noqa: PLC0415 - as above

    stock = {"encode": "ordinal", "strategy": "quantile", "quantile_method": "averaged_inverted_cdf"}
    return KBinsDiscretizer(**{**stock, "random_state": seed, **parameters}, dtype=np.float32)


def _date_parts(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from keepfit.training.steps.date_parts import DateParts  # noqa: PLC0415 - as above

    return DateParts(**parameters)


def _elapsed_days(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from keepfit.training.steps.elapsed_days import ElapsedDays  # noqa: PLC0415 - as above

    return ElapsedDays()


def _group_median_log(columns: Sequence[Column], parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG001 - as above
    from keepfit.training.steps.group_median_log import GroupMedianLog  # noqa: PLC0415 - as above

    return GroupMedianLog()


_BUILT_IN: dict[str, Step] = {
    "keep": Step(
        _keep,
        ORDERED,
        (),
        "median",
        True,
        "The number as it is; of a date its days since 1970-01-01.",
        is_monotone=True,
        missing="kept",
    ),
    "ordinal": Step(
        _keep,
        CATEGORIES,
        (),
        "own_level",
        True,
        "The category's code, in the vocabulary's order.",
        missing="kept",
    ),
    "one_hot": Step(
        _one_hot,
        CATEGORIES,
        ("drop",),
        "own_level",
        False,
        "A column of 0 and 1 for each category, and for missing.",
        is_one_to_one=False,
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
    "log": Step(_log, NUMBERS, (), "median", True, "sign(x) ln(1 + |x|).", is_monotone=True),
    "quantile": Step(
        _quantile,
        ORDERED,
        ("n_quantiles",),
        "median",
        True,
        "The share of the training rows below the value.",
        is_monotone=True,
    ),
    "polynomial": Step(
        _polynomial,
        NUMBERS,
        ("degree", "interaction_only", "include_bias"),
        "median",
        True,
        "Products and powers of the columns up to a degree.",
        is_one_to_one=False,
    ),
    "k_bins": Step(
        _k_bins,
        ORDERED,
        ("n_bins", "strategy"),
        "median",
        True,
        "The number of the interval that the value lies in.",
        is_monotone=True,
    ),
    "date_parts": Step(
        _date_parts,
        DATES,
        ("parts",),
        "median",
        True,
        f"Some of {', '.join(PARTS)}; by default year, month, day and weekday, of which Monday is 0.",
        is_one_to_one=False,
        words={"parts": tuple(PARTS)},
    ),
    "elapsed_days": Step(
        _elapsed_days,
        DATES,
        (),
        "median",
        True,
        "The days from the first date to the second, below 0 where the second is earlier.",
        is_one_to_one=False,
        places=(DATES, DATES),
        missing="kept",
    ),
    "group_median_log": Step(
        _group_median_log,
        (*NUMBERS, Kind.CATEGORY),
        (),
        AS_IS,
        True,
        "ln(1 + x) of a number, 0 for one below 0; where it is missing the median of its category's training rows.",
        is_one_to_one=False,
        places=(NUMBERS, CATEGORIES),
        missing="filled",
    ),
}
STEPS = PluginTable(_BUILT_IN, entry_points.STEPS, Step)
