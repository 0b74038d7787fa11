"""Candidates that are the beginning of another: a forest of 50 trees is the first half of the one of 100.

Recipes that differ in nothing but the number of trees are fitted once, at the largest number; the smaller ones are
cut from it. For forests and for boosting with a fixed seed the trees drawn first do not depend on how many follow, so
the cut model is the one that a fit of its own would give, digit for digit (`tests/training/test_nesting.py`).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keepfit.bundle import Recipe
from keepfit.training.families import FAMILIES

_REWEIGHS = "dart"  # drops and reweighs the trees that it has: the first of many are not those of few


@dataclass(frozen=True, slots=True)
class Nest:
    """Recipes that come out of one fit.

    Attributes
    ----------
    largest
        The recipe that is fitted.
    members
        Positions of all of them in the list of recipes.
    """

    largest: Recipe
    members: tuple[int, ...]


def nests(recipes: Sequence[Recipe]) -> list[Nest]:
    """Group recipes by what they have in common but the number of trees, in the order of their first members."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, recipe in enumerate(recipes):
        count = FAMILIES[recipe.model].count
        rest = {name: value for name, value in recipe.parameters.items() if name != count}
        is_nested = type(recipe.parameters.get(count)) is int and recipe.parameters.get("booster") != _REWEIGHS
        alone = "" if is_nested else str(at)
        key = (recipe.model, repr(sorted(rest.items())), *recipe.features, alone)
        groups.setdefault(key, []).append(at)
    return [_nest(recipes, members) for members in groups.values()]


def cut(pipeline: Any, recipe: Recipe) -> Any:
    """Return the fitted pipeline with only as many trees as the recipe has; the pipeline itself if it has no more."""
    family = FAMILIES[recipe.model]
    estimator = pipeline[-1]
    count = recipe.parameters.get(family.count) if family.count else None
    if type(count) is not int or count >= getattr(estimator, family.count):
        return pipeline
    shorter = copy.copy(estimator)
    setattr(shorter, family.count, count)
    family.keep_first(shorter, count)
    whole = copy.copy(pipeline)
    whole.steps = [*pipeline.steps[:-1], (pipeline.steps[-1][0], shorter)]
    return whole


def _nest(recipes: Sequence[Recipe], members: list[int]) -> Nest:
    count = FAMILIES[recipes[members[0]].model].count
    largest = max(members, key=lambda at: recipes[at].parameters.get(count, 0))
    return Nest(recipes[largest], tuple(members))
