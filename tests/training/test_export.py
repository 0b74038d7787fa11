"""The export and its gate."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import FittedModel, check_offers, check_parity, settle_threshold, stress_rows
from keepfit.training.calibration import Calibration
from keepfit.training.families import FAMILIES
from keepfit.training.pipelines import build_pipeline

SIGNATURE = Signature(
    (
        Column("a", Kind.NUMBER),
        Column("b", Kind.INTEGER),
        Column("c", Kind.CATEGORY, categories=("x", "y", "z")),
        Column("f", Kind.FLAG),
    ),
    Outcome("y", "no", "yes"),
)
ISOTONIC = Calibration("isotonic", scores=(0.05, 0.3, 0.6, 0.95), probabilities=(0.2, 0.25, 0.7, 0.8))
SECTIONS = [{}, {"missing": "zero", "categories": "ordinal"}, {"categories": "ordinal"}]
MODELS = list(FAMILIES)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    matrix = np.column_stack(
        [rng.normal(size=600) * 1000, rng.integers(0, 50, 600), rng.integers(0, 4, 600), rng.integers(0, 2, 600)]
    ).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    labels = (np.nan_to_num(matrix[:, 1]) + rng.normal(size=600) * 20 > 25).astype(np.int8)
    return matrix, labels


@pytest.mark.parametrize("section", SECTIONS, ids=str)
@pytest.mark.parametrize("model", MODELS)
def test_every_family_and_treatment_passes_the_gate(model, section, rows):
    """The graph answers as the pipeline does, on rows with missing values and unseen categories too."""
    fitted = build_pipeline(Recipe(model, {}), SIGNATURE, TrainingSection(**section), seed=0).fit(*rows)
    asked = np.concatenate([rows[0], stress_rows(rows[0], SIGNATURE)])
    expected = fitted.predict_proba(asked)[:, 1].astype(np.float64)
    threshold = settle_threshold(0.5, expected)
    assert check_parity(expected, FittedModel(model, fitted, 4).to_onnx(), asked, threshold) <= 1e-5


def test_a_graph_takes_one_matrix_and_gives_probabilities_alone(rows):
    """One float32 input of the right width, one output."""
    fitted = build_pipeline(Recipe("random_forest", {"n_estimators": 3}), SIGNATURE, TrainingSection(), seed=0)
    graph = onnx.load_from_string(FittedModel("random_forest", fitted.fit(*rows), 4).to_onnx()).graph
    (given,), (answered,) = graph.input, graph.output
    assert given.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert given.type.tensor_type.shape.dim[1].dim_value == 4
    assert answered.name == "probabilities"


def test_a_graph_of_another_model_is_stopped_at_the_gate(rows):
    """Answers that differ are refused with how far and how many."""
    recipe = Recipe("random_forest", {"n_estimators": 5})
    fitted, other = (build_pipeline(recipe, SIGNATURE, TrainingSection(), seed=seed).fit(*rows) for seed in (0, 1))
    expected = other.predict_proba(rows[0])[:, 1]
    with pytest.raises(TrainingError, match=r"parity gate: .* differs from the pipeline by up to 0\.\d+ .* decisions"):
        check_parity(expected, FittedModel("random_forest", fitted, 4).to_onnx(), rows[0], 0.5)


def test_the_gate_catches_a_scaler_before_trees(rows):
    """The known case that converts without a word and is wrong: a scaler in float32 moves values over thresholds."""
    forest = build_pipeline(Recipe("random_forest", {}), SIGNATURE, TrainingSection(), seed=0)
    scaled = Pipeline([forest.steps[0], ("scale", StandardScaler()), forest.steps[1]]).fit(*rows)
    expected = scaled.predict_proba(rows[0])[:, 1].astype(np.float64)
    with pytest.raises(TrainingError, match="parity gate"):
        check_parity(expected, FittedModel("random_forest", scaled, 4).to_onnx(), rows[0], 0.5)


def test_a_probability_that_is_none_is_stopped_at_the_gate(rows):
    """NaN differs from everything."""
    fitted = build_pipeline(Recipe("xgboost", {}), SIGNATURE, TrainingSection(), seed=0).fit(*rows)
    expected = np.full(len(rows[0]), np.nan)
    with pytest.raises(TrainingError, match="parity gate"):
        check_parity(expected, FittedModel("xgboost", fitted, 4).to_onnx(), rows[0], 0.5)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        ("xgboost", {"booster": "dart", "rate_drop": 0.3, "n_estimators": 20}),
        ("xgboost", {"max_depth": 1, "n_estimators": 5}),
        ("xgboost", {"grow_policy": "lossguide", "max_leaves": 9, "n_estimators": 20}),
        ("lightgbm", {"boosting_type": "dart", "n_estimators": 20}),
        ("lightgbm", {"boosting_type": "rf", "subsample": 0.5, "subsample_freq": 1, "n_estimators": 20}),
        ("lightgbm", {"min_child_samples": 5000, "n_estimators": 3}),
        ("catboost", {"iterations": 20, "depth": 1}),
        ("random_forest", {"min_samples_leaf": 20, "n_estimators": 20}),
    ],
    ids=str,
)
def test_every_way_to_grow_trees_passes_the_gate(model, parameters, rows):
    """Trees that are dropped and reweighed, averaged, of one split or of none."""
    fitted = build_pipeline(Recipe(model, parameters), SIGNATURE, TrainingSection(), seed=0).fit(*rows)
    asked = np.concatenate([rows[0], stress_rows(rows[0], SIGNATURE)])
    expected = fitted.predict_proba(asked)[:, 1].astype(np.float64)
    assert check_parity(expected, FittedModel(model, fitted, 4).to_onnx(), asked, threshold=2.0) <= 1e-5


@pytest.mark.parametrize("calibration", [Calibration("sigmoid", 1.7, -0.4), ISOTONIC], ids=lambda one: one.method)
@pytest.mark.parametrize("model", MODELS)
def test_a_calibrated_model_passes_the_gate(model, calibration, rows):
    """The map is part of the graph."""
    fitted = build_pipeline(Recipe(model, {}), SIGNATURE, TrainingSection(), seed=0).fit(*rows)
    calibrated = FittedModel(model, fitted, 4, calibration)
    expected = calibrated.probability(rows[0])
    plain = FittedModel(model, fitted, 4).probability(rows[0])
    assert np.abs(expected - plain).max() > 0.05
    assert check_parity(expected, calibrated.to_onnx(), rows[0], threshold=2.0) <= 1e-5


def test_stress_plants_every_column_missing_and_every_category_unseen(rows):
    """Each column is missing in some rows, and each category has its unseen code."""
    planted = stress_rows(rows[0], SIGNATURE)
    assert len(planted) == 5 * 200
    assert np.isnan(planted).any(axis=0).all()
    assert (planted[:, 2] == 3).sum() >= 200


OFFERS = np.array([[0.1, 0.6, np.nan], [np.nan, 0.2, 0.3], [0.4, np.nan, 0.9]])


def moved(row, product, by):
    offers = OFFERS.copy()
    offers[row, product] += by
    return offers


def test_offers_that_are_the_same_pass():
    """As do those that differ by less than a probability may, and a product that everybody owns."""
    check_offers(OFFERS, OFFERS.copy(), (0.5, 0.5, 0.5))
    check_offers(OFFERS, moved(2, 2, 9e-6), (0.5, 0.5, 0.5))
    all_owned = np.column_stack([OFFERS, np.full(3, np.nan)])
    check_offers(all_owned, all_owned, (0.5, 0.5, 0.5, 0.5))


def test_one_product_that_is_answered_otherwise_is_stopped():
    """Though the others are as they were."""
    with pytest.raises(TrainingError, match=r"parity gate: .* differs from the pipeline by up to 0\.001 "):
        check_offers(OFFERS, moved(2, 2, 1e-3), (0.5, 0.5, 0.5))


def test_a_product_that_would_be_recommended_otherwise_is_stopped():
    """Though its probability hardly differs: its own threshold lies between."""
    with pytest.raises(TrainingError, match=r"parity gate: .*and 1 decisions change"):
        check_offers(OFFERS, moved(0, 1, -1e-6), (0.5, 0.6, 0.5))
    check_offers(OFFERS, moved(0, 1, -1e-6), (0.6, 0.5, 0.6))


@pytest.mark.parametrize("at", [(0, 2), (0, 0)])
def test_who_owns_what_must_be_the_same(at):
    """One that is owned is not recommended, and one that is not may be."""
    offers = OFFERS.copy()
    offers[at] = 0.1 if np.isnan(offers[at]) else np.nan
    with pytest.raises(TrainingError, match=r"parity gate: .* takes other products for owned than the recommender"):
        check_offers(OFFERS, offers, (0.5, 0.5, 0.5))
