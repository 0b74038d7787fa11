"""Weights of classes in fitting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.utils.class_weight import compute_sample_weight

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, search
from keepfit.training.class_weights import row_weights

SIGNATURE = Signature(tuple(Column(f"x{at}", Kind.NUMBER) for at in range(3)), Outcome("Status", "bad", "good"))
RECIPES = {
    "logistic_regression": {},
    "random_forest": {"n_estimators": 30, "min_samples_leaf": 10},
    "lightgbm": {"n_estimators": 30, "num_leaves": 7},
}


def table(rows: int = 4000, seed: int = 0) -> SearchRows:
    """Return rows of which about one in ten is positive."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 3)).astype(np.float32)
    labels = (1.5 * matrix[:, 0] - 3 + rng.logistic(size=rows) > 0).astype(np.int8)
    return SearchRows(matrix, labels, np.arange(rows // 2), np.arange(rows // 2, rows))


def searched(model: str, **section) -> float:
    """Return the mean probability of the held-out rows, less the share of positives among them."""
    rows = table()
    declared = TrainingSection(**{"threshold": 0.5, "folds": 3, "metric": "log_loss", "jobs": 1, **section})
    best = search([Recipe(model, RECIPES[model])], SIGNATURE, rows, section=declared, seed=1).best
    return float(best.model.probability(rows.matrix[rows.holdout]).mean() - rows.labels[rows.holdout].mean())


def test_balanced_is_scikit_learns_formula_on_the_training_rows():
    """Held-out rows have no say, and both classes weigh the same in sum."""
    rows = table(300)
    rows = replace(rows, labels=np.where(np.arange(300) < 150, rows.labels, 1).astype(np.int8))
    found = row_weights("balanced", SIGNATURE.outcome, rows)[rows.train]
    labels = rows.labels[rows.train]
    np.testing.assert_allclose(found, compute_sample_weight("balanced", labels))
    assert found[labels == 0].sum() == pytest.approx(found[labels == 1].sum())


def test_a_label_without_a_weight_weighs_1():
    """Weights are by the target's own labels, whichever of them is positive."""
    rows = table(300)
    found = row_weights({"bad": 5.0}, SIGNATURE.outcome, rows)
    np.testing.assert_array_equal(found, np.where(rows.labels == 0, 5.0, 1.0))


def test_weights_of_rows_are_multiplied():
    """Rows of the journal keep theirs when a challenger is fitted."""
    rows = replace(table(300), weights=np.linspace(0, 3, 300))
    np.testing.assert_array_equal(
        row_weights({"bad": 5.0, "good": 0.5}, SIGNATURE.outcome, rows),
        np.where(rows.labels == 0, 5.0, 0.5) * rows.weights,
    )


def test_nothing_declared_changes_nothing():
    """Rows without weights stay without."""
    rows = table(300)
    assert row_weights(None, SIGNATURE.outcome, rows) is None
    weighted = replace(rows, weights=np.ones(300))
    assert row_weights(None, SIGNATURE.outcome, weighted) is weighted.weights


@pytest.mark.parametrize("model", RECIPES)
def test_calibration_makes_probabilities_right_again(model):
    """Balanced classes make one in ten look like one in three; calibrated, the mean is the share of positives."""
    assert searched(model, class_weight="balanced", calibration="none") > 0.15
    assert abs(searched(model, class_weight="balanced", calibration="auto")) < 0.02


def test_the_ensemble_takes_them_alike(monkeypatch):
    """Its members are fitted with the same weights, and its probabilities are right again."""
    from keepfit.training.ensemble import MEMBERS  # noqa: PLC0415 - what is patched is not what is imported

    few = tuple(replace(member, rounds=(10, 30)) for member in MEMBERS if member.kind in ("xgboost", "lightgbm"))
    monkeypatch.setattr("keepfit.training.monotone.MEMBERS", few)
    monkeypatch.setitem(RECIPES, "ensemble", {})
    assert searched("ensemble", class_weight="balanced", calibration="none") > 0.15
    assert abs(searched("ensemble", class_weight="balanced", calibration="auto")) < 0.02


def test_an_unknown_class_is_told():
    """With the nearest of the two labels."""
    with pytest.raises(
        TrainingError, match=r'\[training\] class_weight: Status has no class goood; did you mean "good"\?'
    ):
        searched("logistic_regression", class_weight={"goood": 2.0})


@pytest.mark.parametrize("weight", [0.0, -1.0, float("inf"), float("nan")])
def test_a_weight_is_above_0(weight):
    """When the project is read, and by the function itself."""
    with pytest.raises(ValidationError, match="the weight of bad must be above 0 and finite"):
        TrainingSection(class_weight={"bad": weight})
    with pytest.raises(TrainingError, match=f"the weight of bad is {weight:g}; give one above 0"):
        row_weights({"bad": weight}, SIGNATURE.outcome, table(300))


@pytest.mark.parametrize("declared", ["balance", {"bad": "much"}, {"bad": True}, 5.0])
def test_what_is_no_weight_is_told(declared):
    """In one sentence, not once for each thing that it could have been."""
    with pytest.raises(ValidationError, match='takes "balanced", or a table of a number for each label') as found:
        TrainingSection(class_weight=declared)
    assert found.value.error_count() == 1
