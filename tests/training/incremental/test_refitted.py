"""Fitted anew at each batch."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.bundle import Recipe
from keepfit.project.training_section import TrainingSection
from keepfit.training.incremental import build_learner
from keepfit.training.incremental.kept_rows import KeptRows
from keepfit.training.pipelines import build_pipeline


def joined(*batches):
    matrices, labels = zip(*batches, strict=True)
    return np.concatenate(matrices), np.concatenate(labels)


def test_a_window_answers_as_a_fit_on_its_rows(task, rows, began):
    """The newest 300 of all that came; nothing else of the past is in it."""
    declared = task("window", model="logistic_regression")
    learner = began(declared)
    for number in range(7):
        learner.learn(*rows(50, seed=number), has_changed=False)
    newest = joined(*(rows(50, seed=number) for number in range(1, 7)))
    assert np.array_equal(learner.rows.matrix, newest[0], equal_nan=True)
    recipe = Recipe("logistic_regression", {})
    fitted = build_pipeline(recipe, declared.signature, TrainingSection(), seed=7).fit(*newest)
    asked, _ = rows(100, seed=500)
    assert np.array_equal(learner.probability(asked), fitted.predict_proba(asked)[:, 1])


def test_a_reservoir_keeps_old_rows_too(task, rows, began):
    """Of 1400 rows about as many of the first half as of the second; a window has none of them."""
    reservoir, window = began(task("reservoir")), began(task("window"))
    for number in range(20):
        for learner in (reservoir, window):
            learner.learn(*rows(50, seed=number), has_changed=False)
    assert reservoir.rows.seen == window.rows.seen == 1400
    assert 110 <= (reservoir.rows.numbers < 700).sum() <= 190
    assert window.rows.numbers[0] == 1100


@pytest.mark.parametrize("strategy", ["window", "reservoir"])
def test_after_a_change_old_rows_are_let_go_for_good(strategy, task, rows, began):
    """They do not come back, and the rows kept grow again from the new ones."""
    learner = began(task(strategy))
    for number in range(30):
        learner.learn(*rows(50, seed=number), has_changed=False)
    newest = rows(50, seed=900, flipped=True)
    learner.learn(*newest, has_changed=True)
    assert np.array_equal(learner.rows.matrix, newest[0], equal_nan=True)
    assert learner.rows.seen == 50
    learner.learn(*rows(50, seed=901, flipped=True), has_changed=False)
    assert (len(learner.rows), learner.rows.seen) == (100, 100)


@pytest.mark.parametrize("strategy", ["window", "reservoir"])
def test_a_false_alarm_costs_little(strategy, task, rows, began, loss):
    """Where nothing has changed many rows are kept, and others are answered about as well as before."""
    learner = began(task(strategy, model="logistic_regression"))
    for number in range(6):
        learner.learn(*rows(50, seed=number), has_changed=False)
    others = rows(500, seed=500)
    before = loss(learner, *others)
    learner.learn(*rows(50, seed=11), has_changed=True)
    assert len(learner.rows) >= 200
    assert loss(learner, *others) < before + 0.1


def test_a_reservoir_takes_a_whole_batch_for_what_is_true_now(task, rows, began):
    """Late in a stream a sample holds few rows of a batch: too few to judge by, or to learn a change from."""
    changed, steady = (began(task("reservoir")) for _ in range(2))
    for number in range(30):
        for learner in (changed, steady):
            learner.learn(*rows(50, seed=number), has_changed=False)
    newest = rows(50, seed=900, flipped=True)
    changed.learn(*newest, has_changed=True)
    steady.learn(*newest, has_changed=False)
    assert len(steady.rows) == 300
    assert (steady.rows.numbers >= 1900).sum() < 25
    assert np.array_equal(changed.rows.labels, newest[1])


@pytest.mark.parametrize("model", ["extra_trees", "random_forest"])
def test_a_forest_is_never_certain(model, task, rows, began):
    """As if half a vote more were cast for each class: no row costs an infinite loss; the order stays."""
    learner = began(task("window", model=model))
    asked, _ = rows(1000, seed=500)
    answers, votes = learner.probability(asked), learner.model().estimator.predict_proba(asked)[:, 1]
    assert votes.max() == 1.0
    assert answers.min() >= 0.5 / 101 - 1e-9
    assert answers.max() <= 1 - 0.5 / 101 + 1e-9
    assert np.allclose(answers, 0.5 / 101 + votes * (100 / 101), atol=1e-12)


@pytest.mark.parametrize("model", ["lightgbm", "logistic_regression"])
def test_others_answer_as_they_are(model, task, rows, began):
    """Their probabilities come from a logit, which is finite."""
    learner = began(task("window", model=model))
    asked, _ = rows(100, seed=500)
    assert np.array_equal(learner.probability(asked), learner.model().estimator.predict_proba(asked)[:, 1])


def test_its_size_is_how_many_trees_it_has(task, began):
    """None of an estimator without."""
    assert began(task("window", parameters={"n_estimators": 9})).trees == 9
    assert began(task("window", model="logistic_regression")).trees is None


def test_of_rows_of_one_class_the_state_holds_what_was_learnt_last(task, rows, began):
    """And nothing more than the rows as soon as both classes are there again."""
    learner = began(task("window", window_rows=100))
    plain = KeptRows.of(*rows(1, seed=0)).state().keys()
    assert learner.state().keys() == plain
    matrix, labels = rows(100, seed=1)
    learner.learn(matrix, np.zeros_like(labels), has_changed=False)
    assert learner.state().keys() > plain
    assert len(learner.rows) == 100
    learner.learn(matrix, labels, has_changed=False)
    assert learner.state().keys() == plain


def test_newest_rows_of_one_class_are_enough_to_begin(task, rows, began):
    """A table may be sorted: then it begins with all rows, until both classes come."""
    matrix, labels = rows(400, seed=99)
    order = np.argsort(labels, kind="stable")
    learner = build_learner(task("window", window_rows=100), matrix[order], labels[order])
    asked, truth = rows(300, seed=500)
    assert ((learner.probability(asked) > 0.5) == truth).mean() > 0.7
