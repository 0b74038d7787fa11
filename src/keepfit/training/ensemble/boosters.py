"""Boosted trees over the view for trees: LightGBM, XGBoost, CatBoost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.ensemble.members import Kind, Member
from keepfit.training.ensemble.rows import Rows
from keepfit.training.ensemble.target_encoding import encode, fit_target_table
from keepfit.training.ensemble.views import Categories, Views
from keepfit.training.families import FAMILIES
from keepfit.training.trees import Tree, catboost_trees, lightgbm_trees, xgboost_trees


@dataclass(frozen=True, slots=True)
class Booster:
    """A library of boosted trees.

    Attributes
    ----------
    count
        The parameter that says how many rounds there are.
    logits
        Returns the logits after so many rounds, of a fitted estimator for rows of the view.
    trees
        Returns the first trees, and what they add to.
    """

    count: str
    logits: Callable[[Any, Matrix, int], Floats]
    trees: Callable[[Any, int], tuple[Sequence[Tree], float]]


@dataclass(frozen=True, slots=True)
class BoosterFit:
    """A fitted booster, the table and the form of its categories, and the numbers of rounds that it is asked for."""

    kind: Kind
    estimator: Any
    table: Matrix
    categories: Categories
    rounds: tuple[int, ...]

    def logits(self, views: Views, matrix: Matrix) -> Floats:
        """Return the logit of each row for each number of rounds, `(n_rows, n_rounds)`."""
        seen = views.trees(matrix, encode(views, matrix, self.table), self.categories)
        found = [BOOSTERS[self.kind].logits(self.estimator, seen, rounds) for rounds in self.rounds]
        return np.column_stack(found).astype(np.float64)

    def cut(self, at: int) -> BoosterFit:
        """Return it with one of its numbers of rounds only."""
        return replace(self, rounds=(self.rounds[at],))

    def trees(self) -> tuple[Sequence[Tree], float]:
        """Return the trees of its only number of rounds, and what they add to."""
        return BOOSTERS[self.kind].trees(self.estimator, self.rounds[0])


def fit_booster(member: Member, views: Views, rows: Rows, seed: int) -> BoosterFit:
    """Fit the largest number of rounds: fewer are the beginning of it."""
    encoded, table = fit_target_table(views, rows.matrix, rows.labels, seed)
    parameters = {**member.parameters, BOOSTERS[member.kind].count: member.rounds[-1]}
    estimator = FAMILIES[member.kind].build(parameters, seed)
    estimator.fit(views.trees(rows.matrix, encoded, member.categories), rows.labels, sample_weight=rows.weights)
    return BoosterFit(member.kind, estimator, table, member.categories, member.rounds)


def _lightgbm_logits(estimator: Any, seen: Matrix, rounds: int) -> Floats:
    found: Floats = estimator.booster_.predict(seen, num_iteration=rounds, raw_score=True, num_threads=1)
    return found


def _xgboost_logits(estimator: Any, seen: Matrix, rounds: int) -> Floats:
    found: Floats = estimator.predict(seen, output_margin=True, iteration_range=(0, rounds))
    return found


def _catboost_logits(estimator: Any, seen: Matrix, rounds: int) -> Floats:
    found: Floats = estimator.predict(seen, prediction_type="RawFormulaVal", ntree_end=rounds, thread_count=1)
    return found


BOOSTERS: dict[str, Booster] = {
    "lightgbm": Booster(
        "n_estimators",
        _lightgbm_logits,
        lambda estimator, rounds: (list(lightgbm_trees(estimator.booster_, rounds)), 0.0),
    ),
    "xgboost": Booster(
        "n_estimators", _xgboost_logits, lambda estimator, rounds: xgboost_trees(estimator.get_booster(), rounds)
    ),
    "catboost": Booster("iterations", _catboost_logits, catboost_trees),
}
