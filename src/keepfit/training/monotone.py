"""The declared directions: held to the columns and the candidates before anything is fitted, then told to the fits.

With every other value the same, the probability never falls (`increasing`) or never rises (`decreasing`) as a number
grows. A missing value acts as what stands in for it, and, in the ensemble, may tell something by being missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Signature
from keepfit.training.declared_features import step_columns
from keepfit.training.ensemble import MEMBERS, Member
from keepfit.training.families import FAMILIES
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.steps import STEPS
from keepfit.training.treatments import feature_columns

_SIGNS = {"increasing": 1, "decreasing": -1}


def require_monotone(section: TrainingSection, signature: Signature, recipes: Sequence[Recipe]) -> None:
    """Refuse directions that the columns, their steps or the candidates cannot keep.

    Raises
    ------
    TrainingError
        When a direction is declared for what is no feature or no number, or for a column of which a declared step
        makes what does not rise with it; or when a candidate cannot keep a direction, or sets directions of its own.
    """
    if not section.monotone:
        return
    for name in section.monotone:
        _require_number(name, section, signature)
    for recipe in recipes:
        _require_family(recipe)


def column_directions(section: TrainingSection, signature: Signature) -> tuple[int, ...]:
    """Return 1 for each column with which the probability never falls, -1 where it never rises, else 0."""
    return tuple(_SIGNS.get(section.monotone.get(name, ""), 0) for name in signature.names)


def feature_directions(section: TrainingSection, signature: Signature) -> list[int]:
    """Return the direction of each feature, in the order of the made matrix: that of the column it is made of."""
    directions = column_directions(section, signature)
    return [0 if column is None else directions[column] for column in feature_columns(signature, section)]


def ensemble_members(section: TrainingSection) -> tuple[Member, ...]:
    """Return the members of the ensemble: all of them, or those that can keep the declared directions."""
    return tuple(member for member in MEMBERS if not section.monotone or member.is_of_trees)


def _require_number(name: str, section: TrainingSection, signature: Signature) -> None:
    where = f"keepfit.toml: [training.monotone] {name}"
    if name not in signature.names:
        raise TrainingError(f"no such feature: {name}", where=where, hint=nearest(name, signature.names))
    position = signature.names.index(name)
    kind = signature.columns[position].kind
    if not kind.is_ordered:
        raise TrainingError(
            f"{name} is a {kind}; only a number, an integer or a date has a direction",
            where=where,
            hint="remove the line, or set its kind in [data] kinds",
        )
    for number, step in enumerate(section.features):
        if position in step_columns(step, signature) and not STEPS[step.step].is_monotone:
            raise TrainingError(
                f"what features.{number} ({step.step}) makes of {name} does not rise with it",
                where=where,
                hint=f"leave {name} out of that step; a direction goes with {', '.join(_MONOTONE_STEPS)}",
            )


def _require_family(recipe: Recipe) -> None:
    if recipe.model == ENSEMBLE:
        return
    family = FAMILIES[recipe.model]
    if family.monotone is None:
        able = [name for name, one in FAMILIES.items() if one.monotone is not None]
        raise TrainingError(
            f"{recipe.model} cannot be constrained",
            where="keepfit.toml: [training.monotone]",
            hint=f"name other candidates: {', '.join(able)}, or none at all for the ensemble",
        )
    for name in family.monotone([]):
        if name in recipe.parameters:
            raise TrainingError(
                f"{recipe.model} has a value for {name} of its own",
                where="keepfit.toml: [training.monotone]",
                hint=f"remove {name} from its candidate: the directions are declared here",
            )


_MONOTONE_STEPS = [name for name, step in STEPS.items() if step.is_monotone]
