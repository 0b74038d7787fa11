"""The pipeline of a recipe: everything after the door, as one scikit-learn estimator over one float32 matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Signature
from keepfit.training.families import FAMILIES
from keepfit.training.monotone import feature_directions
from keepfit.training.steps import FILLERS, STEPS
from keepfit.training.treatments import Treatment, feature_names, treatments

_LEARNT = "a recipe with selected features, after [data] or [training] features have changed"


def build_pipeline(recipe: Recipe, signature: Signature, section: TrainingSection, *, seed: int) -> Any:
    """Return the unfitted pipeline: missing values filled, features made, scaled if linear, estimator.

    A recipe that names its features gets these only. A family that can keeps the declared directions.

    Raises
    ------
    TrainingError
        When it names one that the columns and the declared steps do not make.
    """
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415 - heavy, and only for those who train
    from sklearn.pipeline import Pipeline  # noqa: PLC0415 - as above

    from keepfit.training.steps.kept_features import KeptFeatures  # noqa: PLC0415 - as above

    family = FAMILIES[recipe.model]
    steps = []
    for number, (treatment, positions) in enumerate(treatments(signature, section)):
        columns = [signature.columns[at] for at in positions]
        name = f"{treatment.step}_{number}"
        steps.append((name, step_transformer(treatment, columns, is_linear=family.is_linear, seed=seed), positions))
    parts = [("columns", ColumnTransformer(steps, sparse_threshold=0.0))]
    directions = feature_directions(section, signature) if section.monotone else []
    if recipe.features:
        kept = feature_positions(recipe.features, signature, section)
        parts.append(("features", KeptFeatures(kept)))
        directions = [directions[at] for at in kept] if directions else []
    held = family.monotone(directions) if family.monotone and any(directions) else {}
    return Pipeline([*parts, ("estimator", family.build({**recipe.parameters, **held}, seed))])


def feature_positions(
    features: Sequence[str], signature: Signature, section: TrainingSection, where: str = _LEARNT
) -> list[int]:
    """Return where features lie in the made matrix.

    Raises
    ------
    TrainingError
        When the columns and the declared steps do not make one of them.
    """
    known = feature_names(signature, section)
    for name in features:
        if name not in known:
            raise TrainingError(
                f"no feature is called {name}",
                where=where,
                hint=nearest(name, known),
            )
    return [known.index(name) for name in features]


def step_transformer(treatment: Treatment, columns: Sequence[Column], *, is_linear: bool, seed: int) -> Any:
    """Return the unfitted transformer of a treatment: gaps filled, then its step, then scaled where that is wanted."""
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - as above
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 - as above

    from keepfit.training.steps.from_first import FromFirst  # noqa: PLC0415 - as above

    step = STEPS[treatment.step]
    parts = [FILLERS[treatment.filler].build(), step.build(columns, treatment.parameters, seed)]
    if is_linear and step.is_scaled:
        parts += [FromFirst()] if any(column.kind is Kind.DATE for column in columns) else []
        parts.append(StandardScaler())
    parts = [part for part in parts if part != "passthrough"]
    return parts[0] if len(parts) == 1 else make_pipeline(*parts)
