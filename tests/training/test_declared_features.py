"""Declared feature steps held to the table."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import STEP_NAMES, FeatureStep, TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.declared_features import require_features, step_columns
from keepfit.training.steps import STEPS

SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER),
        Column("job", Kind.CATEGORY, categories=("a", "b")),
        Column("income", Kind.NUMBER),
        Column("joined", Kind.DATE),
        Column("left", Kind.DATE),
    ),
    Outcome("y", "no", "yes"),
)
FOREST = [Recipe("random_forest")]


def required(recipes=FOREST, **step):
    require_features(TrainingSection(features=[FeatureStep(**step)]), SIGNATURE, recipes)


def test_the_file_may_name_every_step():
    """What the declaration lists is what there is."""
    assert set(STEP_NAMES) == set(STEPS)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"step": "log", "columns": ["incom"]}, r'features.0 \(log\): no such feature: incom; did you mean "income"'),
        ({"step": "target", "columns": ["age"]}, "age is a integer; target takes category or flag"),
        ({"step": "log", "kinds": ["category"]}, "job is a category; log takes integer or number or flag"),
        (
            {"step": "polynomial", "columns": ["age"], "parameters": {"degre": 3}},
            'polynomial has no parameter degre; did you mean "degree"',
        ),
        ({"step": "log", "columns": ["age"], "parameters": {"base": 2}}, "log has no parameter base; it has none"),
        ({"step": "log", "columns": ["joined"]}, "joined is a date; log takes integer or number or flag"),
        ({"step": "date_parts", "columns": ["age"]}, "age is a integer; date_parts takes date"),
        (
            {"step": "date_parts", "columns": ["joined"], "parameters": {"parts": ["yaer"]}},
            r'features.0 \(date_parts\): parts holds "yaer"; did you mean "year"',
        ),
        (
            {"step": "date_parts", "columns": ["joined"], "parameters": {"parts": ["day", "day"]}},
            'parts holds "day" twice; name it once',
        ),
        (
            {"step": "date_parts", "columns": ["joined"], "parameters": {"parts": "year"}},
            "parts is no list of texts; list some of year, quarter, month",
        ),
        (
            {"step": "elapsed_days", "columns": ["joined"]},
            r"features.0 \(elapsed_days\): .* takes 2 different columns, by name: date, then date; found joined; name",
        ),
        ({"step": "elapsed_days", "columns": ["joined", "left", "age"]}, "then date; found joined, left, age"),
        ({"step": "elapsed_days", "columns": ["left", "left"]}, "2 different columns, .* found left, left"),
        ({"step": "elapsed_days", "kinds": ["date"]}, "by name: .* found every date"),
        ({"step": "elapsed_days", "columns": ["joined", "age"]}, "age is a integer; elapsed_days takes date there"),
        (
            {"step": "group_median_log", "columns": ["job", "income"]},
            "job is a category; group_median_log takes integer or number or flag there",
        ),
        (
            {"step": "group_median_log", "columns": ["income", "age"]},
            "age is a integer; group_median_log takes category or flag there",
        ),
        (
            {"step": "group_median_log", "columns": ["income", "job"], "missing": "median"},
            "group_median_log fills missing values by itself; remove missing",
        ),
        (
            {"step": "log", "columns": ["income"], "missing": "as_is"},
            "log takes no missing values; set missing to one of median, mean, most_frequent, zero, own_level",
        ),
        (
            {"step": "elapsed_days", "columns": ["joined", "left"], "missing": "as_is"},
            "elapsed_days lets missing values through, and no candidate takes them; set missing to one of median",
        ),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_fitted(step, said):
    """Which step, which column, what it takes, the nearest name."""
    with pytest.raises(TrainingError, match=said):
        required(**step)


@pytest.mark.parametrize(
    "step",
    [
        {"step": "elapsed_days", "columns": ["left", "joined"]},
        {"step": "group_median_log", "columns": ["age", "job"]},
        {"step": "group_median_log", "columns": ["income", "job"], "missing": "as_is"},
    ],
)
def test_steps_of_two_columns_are_taken_in_their_order(step):
    """Whatever their order in the table; a step that fills missing values may say so."""
    required(**step)


def test_missing_values_go_where_they_are_taken():
    """What learns from missing values gets them by a step that keeps them, and not by one that refuses them."""
    kept = {"step": "elapsed_days", "columns": ["joined", "left"], "missing": "as_is"}
    require_features(TrainingSection(features=[FeatureStep(**kept)]), SIGNATURE, [], takes_missing=True)
    refused = FeatureStep(step="date_parts", columns=["left"], missing="as_is")
    with pytest.raises(TrainingError, match="date_parts takes no missing values"):
        require_features(TrainingSection(features=[refused]), SIGNATURE, [], takes_missing=True)


def test_the_ensemble_takes_no_steps():
    """It has views of its own."""
    with pytest.raises(TrainingError, match="the ensemble prepares the columns by itself"):
        required([Recipe("ensemble")], step="log", columns=["age"])


def test_a_step_needs_columns():
    """A step of nothing is refused when the project is loaded."""
    with pytest.raises(ValidationError, match="needs columns, or kinds of columns"):
        FeatureStep(step="log")


def test_named_columns_keep_their_order():
    """Those of a kind follow in the table's order, each once."""
    step = FeatureStep(step="keep", columns=["income"], kinds=["integer", "number"])
    assert step_columns(step, SIGNATURE) == [2, 0]
