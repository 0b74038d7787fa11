"""From declared grids to recipes: every combination of every grid, each once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import Candidate
from keepfit.training.families import FAMILIES, parameter_names

ENSEMBLE = "ensemble"


def expand_candidates(candidates: Sequence[Candidate]) -> list[Recipe]:
    """Return the recipes of all grids in the order of the file; a candidate with a space has none before its search.

    Raises
    ------
    TrainingError
        When a grid names a parameter that its estimator does not have, has no values, or an impossible one; before
        anything is trained.
    """
    recipes: list[Recipe] = []
    for at, candidate in enumerate(candidates):
        where = f"keepfit.toml: [training] candidates.{at}.grid"
        if candidate.model == ENSEMBLE:
            _require_no_grid(candidate, where)
            recipes += [] if Recipe(ENSEMBLE) in recipes else [Recipe(ENSEMBLE)]
            continue
        if candidate.space is not None:
            continue
        known = parameter_names(candidate.model)
        for name, values in candidate.grid.items():
            if name not in known:
                raise TrainingError(
                    f"{candidate.model} has no parameter {name}", where=where, hint=nearest(name, sorted(known))
                )
            require_exportable(candidate.model, name, values, where)
        names = list(candidate.grid)
        for setting in product(*candidate.grid.values()):
            recipe = Recipe(candidate.model, dict(zip(names, setting, strict=True)))
            if recipe not in recipes:
                recipes.append(recipe)
    return recipes


def require_exportable(model: str, name: str, values: Sequence[Any], where: str) -> None:
    """Refuse a parameter without values, or with one that no graph can hold.

    Raises
    ------
    TrainingError
        In either case.
    """
    if not values:
        raise TrainingError(f"{name} has no values", where=where, hint="list at least one, or remove the key")
    allowed = FAMILIES[model].objectives.get(name)
    for value in values:
        if allowed is not None and value not in allowed:
            raise TrainingError(
                f"{model} with {name} = {value!r} learns no probability of two classes",
                where=where,
                hint=f"leave {name} out",
            )
        if value in FAMILIES[model].unexportable.get(name, ()):
            raise TrainingError(
                f"{model} with {name} = {value!r} cannot be exported to ONNX", where=where, hint="leave that value out"
            )


def _require_no_grid(candidate: Candidate, where: str) -> None:
    if candidate.grid:
        raise TrainingError(
            f"the ensemble has no parameter {next(iter(candidate.grid))}",
            where=where,
            hint="its members and their weights are chosen by cross-validation; remove the grid",
        )
