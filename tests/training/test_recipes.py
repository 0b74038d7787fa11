"""Grids."""

from __future__ import annotations

import pytest

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project import read_project
from keepfit.project.training_section import Candidate
from keepfit.training import declared_spaces, expand_candidates
from keepfit.workflows.examples import _home


def test_every_combination_stands_once_in_the_order_of_the_file():
    """A grid's combinations come out in order, and a repeated one only once."""
    found = expand_candidates(
        [
            Candidate(model="random_forest", grid={"n_estimators": [1, 2], "max_depth": [3, 4]}),
            Candidate(model="random_forest", grid={"n_estimators": [1], "max_depth": [3]}),
        ]
    )
    assert [tuple(recipe.parameters.values()) for recipe in found] == [(1, 3), (1, 4), (2, 3), (2, 4)]


def test_a_family_without_a_grid_is_one_candidate():
    """An empty grid is the estimator as it is."""
    assert expand_candidates([Candidate(model="xgboost")]) == [Recipe("xgboost", {})]


def test_the_published_grid_has_its_fifty_candidates():
    """The credit example declares 5 logistic regressions, 18 random forests and 27 XGBoost."""
    project = read_project(_home() / "credit-status" / "keepfit.toml")
    models = [recipe.model for recipe in expand_candidates(project.training.candidates)]
    assert {model: models.count(model) for model in set(models)} == {
        "logistic_regression": 5,
        "random_forest": 18,
        "xgboost": 27,
    }


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (
            {"n_estimator": [1]},
            'candidates.0.grid: random_forest has no parameter n_estimator; did you mean "n_estimators"',
        ),
        ({"max_depth": []}, "max_depth has no values; list at least one"),
    ],
)
def test_a_grid_that_cannot_be_is_told_before_anything_is_trained(grid, said):
    """An unknown parameter or an empty list names the key."""
    with pytest.raises(TrainingError) as told:
        expand_candidates([Candidate(model="random_forest", grid=grid)])
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("lightgbm", "objective", "regression"),
        ("xgboost", "objective", "reg:squarederror"),
        ("catboost", "loss_function", "RMSE"),
    ],
)
def test_an_objective_that_is_no_probability_is_refused(model, name, value):
    """In a grid as in a space: the graph makes a probability of a logit, and there would be none."""
    said = f"{model} with {name} = '{value}' learns no probability of two classes"
    for way, read in (("grid", expand_candidates), ("space", declared_spaces)):
        candidate = Candidate.model_validate({"model": model, way: {name: [value]}})
        with pytest.raises(TrainingError, match=said):
            read([candidate])


def test_the_usual_objective_may_be_written():
    """It changes nothing."""
    assert expand_candidates([Candidate(model="xgboost", grid={"objective": ["binary:logistic"]})])
