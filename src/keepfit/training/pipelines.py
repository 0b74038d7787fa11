"""The pipeline of a recipe: everything after the door, as one scikit-learn estimator over one float32 matrix."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from keepfit.bundle import Recipe
from keepfit.project.declaration import TrainingSection
from keepfit.signature import Column, Kind, Signature
from keepfit.training.families import FAMILIES

_MISSING_CODE = -1.0


def build_pipeline(recipe: Recipe, signature: Signature, section: TrainingSection, *, seed: int) -> Any:
    """Return the unfitted pipeline: missing values filled, categories encoded, numbers scaled if linear, estimator.

    Neighbouring columns with the same treatment form one step, so that the order of the columns is kept where
    nothing is expanded: a forest draws its features by position.
    """
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415 - heavy, and only for those who train
    from sklearn.pipeline import Pipeline  # noqa: PLC0415 - as above

    family = FAMILIES[recipe.model]
    treatments = [_treatment(column, section) for column in signature.columns]
    steps = []
    for treatment, members in groupby(enumerate(treatments), key=lambda item: item[1]):
        positions = [at for at, _ in members]
        columns = [signature.columns[at] for at in positions]
        step = _step(treatment, columns, is_linear=family.is_linear)
        steps.append((f"{treatment}_{positions[0]}", step, positions))
    return Pipeline(
        [
            ("columns", ColumnTransformer(steps, sparse_threshold=0.0)),
            ("estimator", family.build(recipe.parameters, seed)),
        ]
    )


def _treatment(column: Column, section: TrainingSection) -> str:
    """Name what is done to a column."""
    if column.kind is Kind.CATEGORY and section.categories == "one-hot":
        return "one_hot"
    return "zero" if section.missing == "zero" else "code" if column.kind is Kind.CATEGORY else "median"


def _step(treatment: str, columns: list[Column], *, is_linear: bool) -> Any:
    from sklearn.impute import SimpleImputer  # noqa: PLC0415 - as above
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - as above
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415 - as above

    if treatment == "one_hot":
        levels = [[_MISSING_CODE, *map(float, range(len(column.categories)))] for column in columns]
        return make_pipeline(
            SimpleImputer(strategy="constant", fill_value=_MISSING_CODE),
            OneHotEncoder(categories=levels, handle_unknown="ignore", sparse_output=False),
        )
    filler = {
        "zero": SimpleImputer(strategy="constant", fill_value=0.0),
        "code": SimpleImputer(strategy="constant", fill_value=_MISSING_CODE),
        "median": SimpleImputer(strategy="median", keep_empty_features=True),
    }[treatment]
    return make_pipeline(filler, StandardScaler()) if is_linear else filler
