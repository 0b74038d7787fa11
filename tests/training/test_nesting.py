"""Candidates cut from a larger one."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.bundle import Recipe
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import FittedModel, check_parity
from keepfit.training.nesting import cut, nests
from keepfit.training.pipelines import build_pipeline

SIGNATURE = Signature(tuple(Column(f"x{at}", Kind.NUMBER) for at in range(4)), Outcome("y", "no", "yes"))


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(400, 4)).astype(np.float32)
    return matrix, (matrix[:, 0] + rng.normal(size=400) > 0).astype(np.int8)


def fitted(recipe, rows):
    return build_pipeline(recipe, SIGNATURE, TrainingSection(), seed=3).fit(*rows)


@pytest.mark.parametrize("model", ["random_forest", "extra_trees", "xgboost"])
@pytest.mark.parametrize("count", [1, 7, 20])
def test_a_cut_model_is_the_one_of_its_own_fit(model, count, rows):
    """The first trees of a larger model answer digit for digit as a model of that many trees."""
    small = Recipe(model, {"n_estimators": count, "max_depth": 4})
    large = Recipe(model, {"n_estimators": 20, "max_depth": 4})
    shorter = cut(fitted(large, rows), small)
    expected = fitted(small, rows).predict_proba(rows[0])
    np.testing.assert_array_equal(shorter.predict_proba(rows[0]), expected)
    assert shorter[-1].get_params()["n_estimators"] == count


@pytest.mark.parametrize("model", ["random_forest", "extra_trees", "xgboost"])
def test_a_cut_model_can_be_exported(model, rows):
    """The graph of a cut model answers as the cut model does."""
    shorter = cut(fitted(Recipe(model, {"n_estimators": 20}), rows), Recipe(model, {"n_estimators": 5}))
    expected = shorter.predict_proba(rows[0])[:, 1].astype(np.float64)
    assert check_parity(expected, FittedModel(model, shorter, 4).to_onnx(), rows[0], threshold=2.0) <= 1e-5


def test_trees_that_are_reweighed_are_fitted_each_for_itself():
    """DART changes the trees that it has: a candidate of fewer is not the beginning of a larger one."""
    dart = [Recipe("xgboost", {"booster": "dart", "rate_drop": 0.5, "n_estimators": count}) for count in (5, 20)]
    assert [nest.members for nest in nests(dart)] == [(0,), (1,)]


def test_cutting_leaves_the_larger_one_whole(rows):
    """The model that was cut from still has all its trees."""
    whole = fitted(Recipe("random_forest", {"n_estimators": 20}), rows)
    cut(whole, Recipe("random_forest", {"n_estimators": 5}))
    assert len(whole[-1].estimators_) == 20


def test_only_the_number_of_trees_may_differ():
    """Recipes share a fit when nothing but the number of trees differs; all of them stand in exactly one nest."""
    recipes = [
        Recipe("random_forest", {"n_estimators": 50, "max_depth": 3}),
        Recipe("logistic_regression", {"C": 1.0}),
        Recipe("random_forest", {"n_estimators": 100, "max_depth": 3}),
        Recipe("random_forest", {"n_estimators": 100, "max_depth": 4}),
        Recipe("random_forest", {"max_depth": 3}),
        Recipe("logistic_regression", {"C": 2.0}),
    ]
    found = nests(recipes)
    assert [nest.members for nest in found] == [(0, 2), (1,), (3,), (4,), (5,)]
    assert found[0].largest == recipes[2]
