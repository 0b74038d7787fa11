"""From declared grids to recipes: every combination of every grid, each once."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from itertools import product
from typing import Any

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.training_section import Candidate
from keepfit.training.families import FAMILIES

ENSEMBLE = "ensemble"


def expand_candidates(candidates: Sequence[Candidate]) -> list[Recipe]:
    """Return the recipes in the order of the file.

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
        family = FAMILIES[candidate.model]
        known = _parameters(family.build({}, 0))
        for name, values in candidate.grid.items():
            if name not in known:
                raise TrainingError(
                    f"{candidate.model} has no parameter {name}", where=where, hint=nearest(name, sorted(known))
                )
            for value in values:
                if value in family.unexportable.get(name, ()):
                    raise TrainingError(
                        f"{candidate.model} with {name} = {value!r} cannot be exported to ONNX",
                        where=where,
                        hint="leave that value out",
                    )
            if not values:
                raise TrainingError(f"{name} has no values", where=where, hint="list at least one, or remove the key")
        names = list(candidate.grid)
        for setting in product(*candidate.grid.values()):
            recipe = Recipe(candidate.model, dict(zip(names, setting, strict=True)))
            if recipe not in recipes:
                recipes.append(recipe)
    return recipes


def _require_no_grid(candidate: Candidate, where: str) -> None:
    if candidate.grid:
        raise TrainingError(
            f"the ensemble has no parameter {next(iter(candidate.grid))}",
            where=where,
            hint="its members and their weights are chosen by cross-validation; remove the grid",
        )


def _parameters(estimator: Any) -> set[str]:
    """Return the names of an estimator's parameters; not every library tells all of them alike."""
    told = set(inspect.signature(type(estimator).__init__).parameters) - {"self", "args", "kwargs"}
    return told | set(estimator.get_params())
