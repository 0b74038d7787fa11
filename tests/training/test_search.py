"""The choice among recipes."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.evaluation import score_intervals, scores
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, search
from keepfit.training.pipelines import build_pipeline

SIGNATURE = Signature(tuple(Column(f"x{at}", Kind.NUMBER) for at in range(4)), Outcome("y", "no", "yes"))
PLAIN = {"threshold": 0.5, "calibration": "none"}
RECIPES = [
    Recipe("random_forest", {"n_estimators": 5, "max_depth": 3}),
    Recipe("random_forest", {"n_estimators": 15, "max_depth": 3}),
    Recipe("xgboost", {"n_estimators": 10, "max_depth": 2}),
    Recipe("logistic_regression", {"C": 1.0}),
]


def table(seed: int = 0, rows: int = 400, skill: float = 1.5):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 4)).astype(np.float32)
    labels = (skill * matrix[:, 0] + rng.logistic(size=rows) > 0).astype(np.int8)
    return matrix, labels, np.arange(rows - 100), np.arange(rows - 100, rows)


def run(recipes=RECIPES, seed=1, rows=None, **section):
    return search(
        recipes,
        SIGNATURE,
        SearchRows(*(rows or table())),
        section=TrainingSection(**{**PLAIN, "folds": 3, "metric": "log_loss", **section}),
        seed=seed,
    )


def facts(result):
    return [(candidate.recipe, candidate.validation, candidate.holdout) for candidate in result.candidates]


def test_the_same_seed_gives_the_same_digits_on_any_number_of_workers():
    """One worker and three give the same candidates in the same order with the same scores."""
    assert facts(run(jobs=1)) == facts(run(jobs=3))


def test_the_best_is_chosen_by_validation_in_the_metrics_direction():
    """Candidates are ordered by their out-of-fold score, low log-loss or high F1 first."""
    losses = [candidate.validation["log_loss"] for candidate in run().candidates]
    assert losses == sorted(losses)
    areas = [candidate.validation["roc_auc"] for candidate in run(metric="roc_auc").candidates]
    assert areas == sorted(areas, reverse=True)


def test_holdout_scores_are_those_of_the_fitted_pipeline_on_the_held_out_rows():
    """What is reported is what the pipeline that is kept answers on rows that it was not fitted on."""
    matrix, labels, train, holdout = rows = table()
    for candidate in run(rows=rows).candidates:
        alone = build_pipeline(candidate.recipe, SIGNATURE, TrainingSection(), seed=1).fit(matrix[train], labels[train])
        answer = alone.predict_proba(matrix[holdout])[:, 1].astype(np.float64)
        np.testing.assert_array_equal(candidate.model.probability(matrix[holdout]), answer)
        assert candidate.holdout == score_intervals(labels[holdout], answer, 0.5, seed=1)


def test_held_out_labels_change_nothing_but_the_report():
    """With other labels on the held-out rows the choice and the validation scores stay as they are."""
    matrix, labels, train, holdout = table()
    other = labels.copy()
    other[holdout] = 1 - other[holdout]
    first, second = run(rows=(matrix, labels, train, holdout)), run(rows=(matrix, other, train, holdout))
    assert [(one.recipe, one.validation) for one in first.candidates] == [
        (one.recipe, one.validation) for one in second.candidates
    ]
    assert first.best.holdout != second.best.holdout


def test_validation_scores_are_out_of_fold():
    """A forest that remembers its rows shows no more skill on noise than chance: it is asked about others only."""
    matrix, _, train, holdout = table(rows=600)
    noise = np.random.default_rng(9).integers(0, 2, 600).astype(np.int8)
    result = run(
        [Recipe("random_forest", {"n_estimators": 30}), Recipe("logistic_regression", {})],
        rows=(matrix, noise, train, holdout),
    )
    for candidate in result.candidates:
        assert 0.4 < candidate.validation["roc_auc"] < 0.6
    remembered = result.candidates[-1].model.probability(matrix[train])
    assert scores(noise[train], remembered, 0.5)["roc_auc"] > 0.5


def test_a_shuffled_target_has_an_area_that_covers_chance():
    """On labels without any signal the held-out interval of ROC AUC covers 0.5."""
    matrix, labels, train, holdout = table(rows=800)
    shuffled = np.random.default_rng(4).permutation(labels)
    area = run(rows=(matrix, shuffled, train, holdout)).best.holdout["roc_auc"]
    assert area.low < 0.5 < area.high


def test_the_biased_choice_is_never_worse_on_the_rows_that_made_it():
    """The best of the held-out column is at least as good there as the honest choice."""
    result = run(metric="f1")
    assert result.best_on_holdout.holdout["f1"].value >= result.best.holdout["f1"].value


def test_a_single_recipe_is_fitted_once():
    """Where there is no choice there is no cross-validation, and the protocol says so."""
    done: list[tuple[int, int]] = []
    result = search(
        RECIPES[:1],
        SIGNATURE,
        SearchRows(*table()),
        section=TrainingSection(**PLAIN),
        seed=1,
        on_progress=lambda step, at, of, note: done.append((at, of)),
    )
    assert done == [(0, 1), (1, 1)]
    assert result.best.validation == {}
    assert result.protocol.startswith("one recipe, fitted on 300 training rows; reported on 100 held-out rows")


def test_weights_are_used_in_fitting_only():
    """A row of weight 0 teaches nothing, and is scored like any other."""
    matrix, labels, train, holdout = table()
    weights = np.ones(len(labels))
    weights[train[150:]] = 0
    weighted = search(
        RECIPES[3:],
        SIGNATURE,
        SearchRows(matrix, labels, train, holdout, weights=weights),
        section=TrainingSection(**PLAIN),
        seed=1,
    )
    assert weighted.best.holdout != run(RECIPES[3:], rows=(matrix, labels, train, holdout)).best.holdout


def test_rows_about_one_entity_are_never_split():
    """A model that knows each customer by heart has no skill out of fold when customers are kept together."""
    rng = np.random.default_rng(0)
    customer = np.repeat(np.arange(80), 5)
    labels = rng.integers(0, 2, 80)[customer].astype(np.int8)
    matrix = rng.normal(size=(80, 4))[customer].astype(np.float32)
    train, holdout = np.arange(300), np.arange(300, 400)
    forest = [Recipe("random_forest", {"n_estimators": 30, "max_depth": depth}) for depth in (6, 12)]
    area = {}
    for groups in (None, customer):
        rows = SearchRows(matrix, labels, train, holdout, groups)
        result = search(forest, SIGNATURE, rows, section=TrainingSection(**PLAIN, folds=5), seed=1)
        area[groups is None] = result.best.validation["roc_auc"]
    assert area[True] > 0.95
    assert area[False] < 0.7
    assert "kept together" in result.protocol


def test_too_few_rows_of_a_class_are_told():
    """A class with fewer rows than folds names the key to change."""
    matrix, labels, train, holdout = table()
    rare = np.zeros_like(labels)
    rare[:2] = 1
    with pytest.raises(TrainingError, match=r"\[training\] folds: the training rows hold 2 rows of a class, fewer"):
        run(rows=(matrix, rare, train, holdout))


def test_an_impossible_value_names_its_candidate():
    """A value that the estimator refuses is told with the recipe."""
    with pytest.raises(TrainingError, match="random_forest max_depth=-1 cannot be fitted"):
        run([Recipe("random_forest", {"max_depth": -1}), RECIPES[0]])


def test_a_grid_of_texts_or_fractions_for_the_number_of_trees_is_told():
    """Such recipes are not cut from each other; the estimator says what it does not take."""
    for wrong in ("20", 20.5):
        with pytest.raises(TrainingError, match=r"random_forest n_estimators=20.* cannot be fitted"):
            run([Recipe("random_forest", {"n_estimators": wrong}), Recipe("random_forest", {"n_estimators": 30})])


def test_every_candidate_is_told_with_its_own_threshold():
    """What is common to all is said of all, calibration and threshold of each."""
    result = run(threshold="best", calibration="auto", metric="f1")
    said = {result.protocol_of(one) for one in result.candidates}
    assert len(said) == len(result.candidates)
    assert all(f"threshold {one.threshold:.4g}, chosen" in result.protocol_of(one) for one in result.candidates)
