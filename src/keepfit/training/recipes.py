"""From declared grids to recipes: every combination of every grid, each once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError, nearest
from keepfit.project.declaration import Candidate
from keepfit.training.families import FAMILIES


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
        known = FAMILIES[candidate.model].build({}, 0).get_params()
        for name, values in candidate.grid.items():
            if name not in known:
                raise TrainingError(
                    f"{candidate.model} has no parameter {name}", where=where, hint=nearest(name, sorted(known))
                )
            if not values:
                raise TrainingError(f"{name} has no values", where=where, hint="list at least one, or remove the key")
        names = list(candidate.grid)
        for setting in product(*candidate.grid.values()):
            recipe = Recipe(candidate.model, dict(zip(names, setting, strict=True)))
            if recipe not in recipes:
                recipes.append(recipe)
    return recipes
