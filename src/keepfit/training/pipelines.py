"""The pipeline of a recipe: everything after the door, as one scikit-learn estimator over one float32 matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from keepfit.bundle import Recipe
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Column, Kind, Signature
from keepfit.training.declared_features import step_columns
from keepfit.training.families import FAMILIES
from keepfit.training.steps import FILLERS, STEPS


@dataclass(frozen=True, slots=True)
class _Treatment:
    """What is done to some columns: what stands in for a missing value, the step, and its parameters."""

    filler: str
    step: str
    parameters: dict[str, Any] = field(default_factory=dict)


def build_pipeline(recipe: Recipe, signature: Signature, section: TrainingSection, *, seed: int) -> Any:
    """Return the unfitted pipeline: missing values filled, features made, scaled if linear, estimator.

    Declared steps come first, in their order; then the columns that none of them names, in theirs: neighbours with the
    same treatment form one step, so that nothing is moved where nothing is expanded. A forest draws its features by
    position.
    """
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415 - heavy, and only for those who train
    from sklearn.pipeline import Pipeline  # noqa: PLC0415 - as above

    family = FAMILIES[recipe.model]
    steps = []
    for number, (treatment, positions) in enumerate(_treatments(signature, section)):
        columns = [signature.columns[at] for at in positions]
        name = f"{treatment.step}_{number}"
        steps.append((name, _transformer(treatment, columns, is_linear=family.is_linear, seed=seed), positions))
    return Pipeline(
        [
            ("columns", ColumnTransformer(steps, sparse_threshold=0.0)),
            ("estimator", family.build(recipe.parameters, seed)),
        ]
    )


def _treatments(signature: Signature, section: TrainingSection) -> list[tuple[_Treatment, list[int]]]:
    """Return what is done to which columns."""
    declared = [(_declared(step), step_columns(step, signature)) for step in section.features]
    named = {at for _, positions in declared for at in positions}
    rest = [at for at in range(len(signature.columns)) if at not in named]
    usual = [
        (treatment, list(positions))
        for treatment, positions in groupby(rest, key=lambda at: _usual(signature.columns[at], section))
    ]
    return [*declared, *usual]


def _declared(step: FeatureStep) -> _Treatment:
    return _Treatment(step.missing or STEPS[step.step].filler, step.step, dict(step.parameters))


def _usual(column: Column, section: TrainingSection) -> _Treatment:
    """Return what is done to a column that no step names."""
    is_category = column.kind is Kind.CATEGORY
    if is_category and section.categories == "one-hot":
        return _Treatment("own_level", "one_hot")
    filler = "zero" if section.missing == "zero" else "own_level" if is_category else "median"
    return _Treatment(filler, "ordinal" if is_category and filler != "zero" else "keep")


def _transformer(treatment: _Treatment, columns: Sequence[Column], *, is_linear: bool, seed: int) -> Any:
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - as above
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 - as above

    step = STEPS[treatment.step]
    parts = [FILLERS[treatment.filler].build(), step.build(columns, treatment.parameters, seed)]
    parts += [StandardScaler()] if is_linear and step.is_scaled else []
    parts = [part for part in parts if part != "passthrough"]
    return parts[0] if len(parts) == 1 else make_pipeline(*parts)
