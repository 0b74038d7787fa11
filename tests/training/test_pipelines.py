"""Pipelines: what happens between the door and the estimator."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.bundle import Recipe
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.export import check_parity, pipeline_graph, stress_rows
from keepfit.training.families import FAMILIES
from keepfit.training.pipelines import build_pipeline
from keepfit.training.treatments import feature_columns, feature_names

SIGNATURE = Signature(
    (
        Column("a", Kind.NUMBER),
        Column("c", Kind.CATEGORY, categories=("x", "y")),
        Column("b", Kind.INTEGER),
        Column("f", Kind.FLAG),
    ),
    Outcome("y", "no", "yes"),
)
NAN = np.nan
MATRIX = np.array([[1, 0, 10, 1], [3, 1, NAN, 0], [NAN, NAN, 30, NAN], [5, 2, 20, 1]], dtype=np.float32)


def prepared(model="random_forest", **section):
    pipeline = build_pipeline(Recipe(model, {}), SIGNATURE, TrainingSection(**section), seed=0)
    return pipeline[:-1].fit_transform(MATRIX, np.array([0, 1, 0, 1]))


def test_medians_and_levels_by_default():
    """Numbers get their median; a category one column a level, missing first, and nothing for the unseen."""
    expected = [
        [1, 0, 1, 0, 10, 1],
        [3, 0, 0, 1, 20, 0],
        [3, 1, 0, 0, 30, 1],
        [5, 0, 0, 0, 20, 1],
    ]
    np.testing.assert_array_equal(prepared(), expected)


def test_the_published_recipe_keeps_every_column_in_its_place():
    """With zeros and codes nothing is expanded or moved: a forest draws its features by position."""
    np.testing.assert_array_equal(prepared(missing="zero", categories="ordinal"), np.nan_to_num(MATRIX))


def test_codes_without_zeros_tell_missing_from_the_first():
    """A missing category has a code of its own, below the first."""
    assert prepared(categories="ordinal")[2, 1] == -1


@pytest.mark.parametrize("model", ["random_forest", "xgboost"])
def test_trees_are_not_scaled(model):
    """A scaler before trees breaks the export's parity: there is none."""
    assert prepared(model)[0, 0] == 1


def test_linear_models_are_standardised():
    """Numbers have mean 0 and deviation 1 for a linear model."""
    numbers = prepared("logistic_regression")[:, [0, 4, 5]]
    np.testing.assert_allclose(numbers.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(numbers.std(axis=0), 1, atol=1e-6)


def test_a_column_without_any_value_is_kept():
    """A fold in which a number is all missing does not lose the column."""
    matrix = MATRIX.copy()
    matrix[:, 0] = NAN
    pipeline = build_pipeline(Recipe("random_forest", {}), SIGNATURE, TrainingSection(), seed=0)
    assert pipeline[:-1].fit_transform(matrix, np.zeros(4)).shape == (4, 6)


def test_declared_steps_come_first_and_take_their_columns_away():
    """A column that a step names is only what its steps make of it; the others follow as usual."""
    steps = [{"step": "polynomial", "columns": ["b", "a"]}, {"step": "keep", "columns": ["a"], "missing": "zero"}]
    expected = [
        [10, 1, 100, 10, 1, 1, 0, 1, 0, 1],
        [20, 3, 400, 60, 9, 3, 0, 0, 1, 0],
        [30, 3, 900, 90, 9, 0, 1, 0, 0, 1],
        [20, 5, 400, 100, 25, 5, 0, 0, 0, 1],
    ]
    np.testing.assert_array_equal(prepared(features=steps), expected)


def test_a_step_takes_all_columns_of_a_kind():
    """Kinds stand for their columns, after those that are named."""
    found = prepared(features=[{"step": "keep", "columns": ["f"], "kinds": ["number", "integer"]}])
    np.testing.assert_array_equal(found[:, :3], [[1, 1, 10], [0, 3, 20], [1, 3, 30], [1, 5, 20]])


def test_declared_features_are_standardised_for_linear_models_too():
    """Polynomials are, columns of 0 and 1 are not."""
    steps = [{"step": "polynomial", "columns": ["a"]}, {"step": "one_hot", "columns": ["c"]}]
    found = prepared("logistic_regression", features=steps)
    np.testing.assert_allclose(found[:, :2].std(axis=0), 1, atol=1e-6)
    assert set(found[:, 2:5].ravel()) == {0, 1}


DATED = Signature((Column("joined", Kind.DATE), Column("income", Kind.NUMBER)), SIGNATURE.outcome)


@pytest.mark.parametrize("missing", ["median", "zero"])
def test_a_date_is_its_days(missing):
    """Its median stands in for a missing one, whatever stands in for numbers: 0 would be a day of 1970."""
    pipeline = build_pipeline(Recipe("random_forest", {}), DATED, TrainingSection(missing=missing), seed=0)
    matrix = np.array([[16919, 1], [NAN, 2], [16921, 3], [16920, 4]], dtype=np.float32)
    found = pipeline[:-1].fit_transform(matrix, np.array([0, 1, 0, 1]))
    np.testing.assert_array_equal(found[:, 0], [16919, 16920, 16921, 16920])


@pytest.mark.parametrize("features", [[], [{"step": "date_parts", "columns": ["joined"]}]], ids=["days", "parts"])
def test_days_near_each_other_pass_the_gate_of_the_export(features):
    """Large numbers that differ little are standardised for a linear model, and the graph answers alike."""
    rng = np.random.default_rng(0)
    matrix = np.column_stack([rng.integers(16_919, 16_929, 300), rng.normal(0, 1, 300)]).astype(np.float32)
    labels = (matrix[:, 0] + rng.normal(0, 1, 300) > 16_924).astype(np.int8)
    matrix[::7, 0] = NAN
    section = TrainingSection(features=features)
    pipeline = build_pipeline(Recipe("logistic_regression", {"C": 100.0}), DATED, section, seed=0).fit(matrix, labels)
    asked = np.concatenate([matrix, stress_rows(matrix, DATED)])
    worst = check_parity(pipeline.predict_proba(asked)[:, 1], pipeline_graph(pipeline, 2), asked, 2.0)
    assert worst <= 2e-6


BANK = Signature(
    (
        Column("income", Kind.NUMBER),
        Column("seen", Kind.DATE),
        Column("province", Kind.CATEGORY, categories=("x", "y", "z")),
        Column("joined", Kind.DATE),
    ),
    SIGNATURE.outcome,
    accepts_unseen=True,
)
OF_TWO = TrainingSection(
    features=[
        {"step": "elapsed_days", "columns": ["joined", "seen"]},
        {"step": "group_median_log", "columns": ["income", "province"]},
    ]
)


def test_features_of_two_columns_take_both_away():
    """Days between dates, of which a missing one is its median; a logarithm with the median of its category."""
    pipeline = build_pipeline(Recipe("random_forest", {}), BANK, OF_TWO, seed=0)
    rows = [[99, 1000, 0, 10], [9, 1010, 0, NAN], [NAN, 1030, 0, 30], [NAN, NAN, 1, 20]]
    found = pipeline[:-1].fit_transform(np.array(rows, np.float32), np.array([0, 1, 0, 1]))
    middle = np.log(1000) / 2  # between those of 10 and 100
    np.testing.assert_allclose(found, [[990, np.log(100)], [990, np.log(10)], [1000, middle], [990, middle]], rtol=1e-6)
    assert feature_names(BANK, OF_TWO) == ["elapsed_days__joined_to_seen", "group_median_log__income"]
    assert feature_columns(BANK, OF_TWO) == [None, None]


@pytest.mark.parametrize("model", ["logistic_regression", "random_forest", "lightgbm", "xgboost", "catboost"])
def test_features_of_two_columns_pass_the_gate_of_the_export(model):
    """With either column missing, and with a category that was never seen."""
    rng = np.random.default_rng(0)
    columns = [rng.lognormal(11, 1, 300), rng.integers(16_000, 17_000, 300), rng.integers(0, 3, 300)]
    matrix = np.column_stack([*columns, rng.integers(5_000, 16_000, 300)]).astype(np.float32)
    labels = (matrix[:, 1] - matrix[:, 3] + rng.normal(0, 1000, 300) > 6000).astype(np.int8)
    matrix[rng.random(matrix.shape) < 0.1] = NAN
    pipeline = build_pipeline(Recipe(model, {}), BANK, OF_TWO, seed=0).fit(matrix, labels)
    asked = np.concatenate([matrix, stress_rows(matrix, BANK)])
    graph = pipeline_graph(pipeline, 4, FAMILIES[model].trees)
    assert check_parity(pipeline.predict_proba(asked)[:, 1], graph, asked, 2.0) <= 2e-6
