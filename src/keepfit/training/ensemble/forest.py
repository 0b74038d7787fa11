"""Forests over the view for trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.ensemble.members import Member
from keepfit.training.ensemble.rows import Rows
from keepfit.training.ensemble.target_encoding import encode, fit_target_table
from keepfit.training.ensemble.views import Categories, Views

TREES = 100
UNDECIDED = 0.5  # a forest says neither 0 nor 1: as if one more tree voted half for each class


@dataclass(frozen=True, slots=True)
class ForestFit:
    """A fitted forest, the table that encodes categories for it, and in which form it sees them."""

    forest: Any
    table: Matrix
    categories: Categories

    def logits(self, views: Views, matrix: Matrix) -> Floats:
        """Return the logit of each row's share of votes, `(n_rows, 1)`."""
        seen = views.trees(matrix, encode(views, matrix, self.table), self.categories)
        votes = self.forest.predict_proba(seen)[:, 1] * TREES
        logits: Floats = np.log((votes + UNDECIDED) / (TREES - votes + UNDECIDED))[:, None]
        return logits


def fit_forest(member: Member, views: Views, rows: Rows, seed: int) -> ForestFit:
    """Fit a random forest, or extremely randomised trees."""
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier  # noqa: PLC0415 - only for who trains

    parameters = dict(member.parameters)
    estimator = ExtraTreesClassifier if parameters.pop("is_extra", False) else RandomForestClassifier
    encoded, table = fit_target_table(views, rows.matrix, rows.labels, seed)
    forest = estimator(TREES, random_state=seed, n_jobs=1, **parameters)
    forest.fit(views.trees(rows.matrix, encoded, member.categories), rows.labels, sample_weight=rows.weights)
    return ForestFit(forest, table, member.categories)
