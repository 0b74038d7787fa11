"""The declared feature steps held to the table's columns, before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Signature
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.steps import STEPS


def require_features(section: TrainingSection, signature: Signature, recipes: Sequence[Recipe]) -> None:
    """Refuse steps that the columns, the step itself or the candidates do not take.

    Raises
    ------
    TrainingError
        When a step names a column that is no feature or of a kind that it does not take, or a parameter that it does
        not have; or when steps are declared for the ensemble, which prepares columns by itself.
    """
    if section.features and any(recipe.model == ENSEMBLE for recipe in recipes):
        raise TrainingError(
            "the ensemble prepares the columns by itself",
            where="keepfit.toml: [training] features",
            hint="name candidates of other models, or remove the steps",
        )
    for number, step in enumerate(section.features):
        where = f"keepfit.toml: [training] features.{number} ({step.step})"
        _require_parameters(step, where)
        for name in step.columns:
            if name not in signature.names:
                raise TrainingError(f"no such feature: {name}", where=where, hint=nearest(name, signature.names))
        for at in step_columns(step, signature):
            column = signature.columns[at]
            if column.kind not in STEPS[step.step].takes:
                accepted = " or ".join(STEPS[step.step].takes)
                raise TrainingError(
                    f"{column.name} is a {column.kind}; {step.step} takes {accepted}",
                    where=where,
                    hint="choose another step, or set its kind in [data] kinds",
                )


def step_columns(step: FeatureStep, signature: Signature) -> list[int]:
    """Return the positions of a step's columns: those that are named, in that order, then those of its kinds."""
    named = [signature.names.index(name) for name in step.columns if name in signature.names]
    return named + [at for at, column in enumerate(signature.columns) if column.kind in step.kinds and at not in named]


def _require_parameters(step: FeatureStep, where: str) -> None:
    known = STEPS[step.step].parameters
    for name in step.parameters:
        if name not in known:
            hint = nearest(name, known) if known else "it has none"
            raise TrainingError(f"{step.step} has no parameter {name}", where=where, hint=hint)
