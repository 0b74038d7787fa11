"""Declared directions: refused where they cannot be kept, and kept by the graph that is served."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from onnxruntime import InferenceSession

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, search
from keepfit.training.ensemble import MEMBERS
from keepfit.training.families import FAMILIES
from keepfit.training.model import FittedModel
from keepfit.training.monotone import ensemble_members, feature_directions, require_monotone
from keepfit.training.treatments import feature_names

SIGNATURE = Signature(
    (
        Column("job", Kind.CATEGORY, categories=("a", "b", "c")),
        Column("age", Kind.INTEGER),
        Column("income", Kind.NUMBER),
        Column("owner", Kind.FLAG),
        Column("debt", Kind.NUMBER),
    ),
    Outcome("y", "no", "yes"),
)
DIRECTIONS = {"income": "increasing", "debt": "decreasing"}
STEPS = {
    "none": [],
    "before and after": [
        {"step": "polynomial", "columns": ["age", "owner"]},
        {"step": "one_hot", "columns": ["job"], "parameters": {"drop": "first"}},
        {"step": "log", "columns": ["debt"]},
        {"step": "keep", "columns": ["income", "owner"]},
        {"step": "quantile", "columns": ["income"]},
        {"step": "k_bins", "columns": ["debt"], "parameters": {"n_bins": 20}},
    ],
}
TREES = {name: family for name, family in FAMILIES.items() if family.monotone}
FEW = {"catboost": {"iterations": 40}, "extra_trees": {"n_estimators": 20, "min_samples_leaf": 2}}
GRID = np.concatenate([np.linspace(-4, 4, 81), [-1e6, 1e6]])


def table(rows: int = 300, seed: int = 0) -> SearchRows:
    """Return rows whose labels turn with every column, so that no model of them is monotone; each column has gaps."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 5)).astype(np.float32)
    matrix[:, 0] = rng.integers(0, 3, rows)
    matrix[:, 1] = np.round(3 * matrix[:, 1])
    matrix[:, 3] = rng.integers(0, 2, rows)
    logit = 2 * np.sin(3 * matrix[:, 2]) - 2 * np.cos(3 * matrix[:, 4]) * (matrix[:, 0] - 1) + 0.3 * matrix[:, 1]
    labels = (logit + rng.logistic(size=rows) > 0).astype(np.int8)
    matrix[rng.random(matrix.shape) < 0.05] = np.nan
    return SearchRows(matrix, labels, np.arange(rows - 60), np.arange(rows - 60, rows))


def largest_falls(model: FittedModel) -> dict[str, float]:
    """Return by how much a probability of the exported graph goes the wrong way at most as one of the columns grows."""
    session = InferenceSession(model.to_onnx())
    matrix = table(60, seed=5).matrix
    falls = {}
    for name, sign in (("income", 1), ("debt", -1)):
        asked = np.repeat(matrix, len(GRID), axis=0)
        asked[:, SIGNATURE.names.index(name)] = np.tile(np.sort(GRID), len(matrix)).astype(np.float32)
        found = session.run(["probabilities"], {session.get_inputs()[0].name: asked})[0][:, 1]
        found = found.reshape(len(matrix), -1).astype(float)
        falls[name] = float((-sign * np.diff(found, axis=1)).max())
    return falls


def searched(recipes, **section):
    declared = {"threshold": 0.5, "calibration": "none", "folds": 3, "metric": "log_loss", "jobs": 1, **section}
    return search(recipes, SIGNATURE, table(), section=TrainingSection(**declared), seed=1)


def steps(name: str) -> list[FeatureStep]:
    return [FeatureStep(**step) for step in STEPS[name]]


@pytest.mark.parametrize("made", STEPS)
@pytest.mark.parametrize("model", TREES)
def test_the_exported_graph_keeps_the_directions(model, made):
    """Over a grid of values, for many rows: never the wrong way, where a model that is not held to it goes it."""
    recipe = Recipe(model, FEW.get(model, {"n_estimators": 20}))
    held, free = (
        searched([recipe], features=steps(made), monotone=directions).best.model for directions in (DIRECTIONS, {})
    )
    assert max(largest_falls(held).values()) <= 1e-6
    assert min(largest_falls(free).values()) > 0.05


@pytest.mark.parametrize("calibration", ["sigmoid", "isotonic"])
def test_calibration_keeps_the_directions(calibration):
    """A calibrated probability goes the same way as the score."""
    found = searched([Recipe("xgboost", {"n_estimators": 10})], calibration=calibration, monotone=DIRECTIONS)
    assert found.best.model.calibration.method == calibration
    assert max(largest_falls(found.best.model).values()) <= 1e-6


def test_the_ensemble_keeps_the_directions(monkeypatch):
    """With the members that can: no linear one, no network; each of them gets the directions."""
    few = [replace(member, rounds=(5, 40)) if member.rounds else member for member in MEMBERS]
    monkeypatch.setattr("keepfit.training.monotone.MEMBERS", few)
    found = searched([Recipe("ensemble")], monotone=DIRECTIONS)
    assert {member.name for member in found.members} == {
        *("random forest", "extra trees, few features", "extra trees, many features"),
        *("LightGBM", "XGBoost", "CatBoost"),
    }
    assert max(largest_falls(found.best.model).values()) <= 1e-6


def test_without_directions_the_ensemble_has_all_its_members():
    """Nothing is left out where nothing is declared."""
    assert ensemble_members(TrainingSection()) == MEMBERS


def test_each_feature_has_the_direction_of_its_column():
    """Wherever the steps put it, and nothing else has one."""
    section = TrainingSection(features=steps("before and after"), monotone=DIRECTIONS)
    directions = dict(zip(feature_names(SIGNATURE, section), feature_directions(section, SIGNATURE), strict=True))
    assert {name: direction for name, direction in directions.items() if direction} == {
        "log__debt": -1,
        "income": 1,
        "quantile__income": 1,
        "k_bins__debt": -1,
    }


def test_a_recipe_of_some_features_keeps_their_directions():
    """Features in an order of their own are constrained where they lie then."""
    found = searched([Recipe("xgboost", {"n_estimators": 20}, ("debt", "job=b", "income"))], monotone=DIRECTIONS)
    assert max(largest_falls(found.best.model).values()) <= 1e-6


@pytest.mark.parametrize(
    ("section", "recipe", "said"),
    [
        (
            {"monotone": {"incom": "increasing"}},
            Recipe("xgboost"),
            r'\[training.monotone\] incom: no such feature: incom; did you mean "income"\?',
        ),
        (
            {"monotone": {"job": "increasing"}},
            Recipe("xgboost"),
            "job is a category; only a number, an integer or a date has a direction; remove the line, or set its kind",
        ),
        ({"monotone": {"owner": "increasing"}}, Recipe("ensemble"), "owner is a flag; only a number"),
        (
            {"monotone": DIRECTIONS, "features": [FeatureStep(step="polynomial", kinds=["number"])]},
            Recipe("xgboost"),
            r"income: what features.0 \(polynomial\) makes of income does not rise with it; leave income out of that",
        ),
        (
            {"monotone": DIRECTIONS},
            Recipe("logistic_regression"),
            r"\[training.monotone\]: logistic_regression cannot be constrained; name other candidates: random_forest, ",
        ),
        (
            {"monotone": DIRECTIONS},
            Recipe("xgboost", {"monotone_constraints": "(1,0)"}),
            "xgboost has a value for monotone_constraints of its own; remove monotone_constraints from its candidate",
        ),
    ],
)
def test_what_cannot_be_kept_is_told_before_anything_is_fitted(section, recipe, said):
    """Which column or candidate, why, and what to do."""
    with pytest.raises(TrainingError, match=said):
        search([recipe], SIGNATURE, table(), section=TrainingSection(**section), seed=1)


def test_without_directions_every_candidate_is_taken():
    """The check asks for nothing where nothing is declared."""
    require_monotone(TrainingSection(), SIGNATURE, [Recipe(name) for name in FAMILIES])
