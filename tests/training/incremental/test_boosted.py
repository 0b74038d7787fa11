"""Boosting that goes on."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.base import clone

from keepfit.training.incremental.boosted_estimator import BoostedEstimator


def booster(learner):
    return learner.model().estimator[-1].booster_


def splits(learner):
    """What the trees ask, without what their leaves answer."""
    lines = learner.model().estimator[-1].text.splitlines()
    return [line for line in lines if line.startswith(("split_feature=", "threshold=", "left_child=", "right_child="))]


def test_a_batch_adds_trees_and_leaves_those_before_alone(task, rows, began):
    """What the first 60 answer is as it was."""
    learner = began(task("boosting", batch_trees=5))
    asked, _ = rows(100, seed=500)
    made = learner.model().estimator[:-1].transform(asked)
    before = booster(learner).predict(made, raw_score=True)
    learner.learn(*rows(50, seed=1), has_changed=False)
    assert learner.trees == 65
    assert np.allclose(booster(learner).predict(made, raw_score=True, num_iteration=60), before, atol=1e-12)


def test_it_begins_anew_where_there_are_too_many_trees(task, rows, began):
    """From the kept rows: a batch that would pass the most leaves as many as there were at first."""
    learner = began(task("boosting", batch_trees=20, most_trees=100))
    sizes = [learner.trees]
    for number in range(6):
        learner.learn(*rows(50, seed=number), has_changed=False)
        sizes.append(learner.trees)
    is_anew = [now < before for before, now in itertools.pairwise(sizes)]
    assert is_anew == [before > 80 for before in sizes[:-1]]
    assert sum(is_anew) == 2
    assert all(now <= 60 for now, anew in zip(sizes[1:], is_anew, strict=True) if anew)


@pytest.mark.parametrize(("most_trees", "batch_trees"), [(10, 10), (10, 1), (30, 100), (59, 10)])
def test_the_most_trees_are_the_most_from_the_beginning(most_trees, batch_trees, task, rows, began):
    """Also where they are fewer than it would begin with, or than a batch would add."""
    learner = began(task("boosting", most_trees=most_trees, batch_trees=batch_trees))
    for number in range(4):
        assert 0 < learner.trees <= most_trees
        learner.learn(*rows(50, seed=number), has_changed=number == 2)
    assert 0 < learner.trees <= most_trees


def test_leaves_are_moved_and_the_trees_stay(task, rows, began):
    """Each batch asks the same questions of a row, and answers them a little otherwise."""
    learner = began(task("leaves"))
    asked, _ = rows(100, seed=500)
    before, questions = learner.probability(asked), splits(learner)
    learner.learn(*rows(50, seed=1), has_changed=False)
    assert splits(learner) == questions
    assert 0 < np.abs(learner.probability(asked) - before).max() < 0.5
    learner.learn(*rows(50, seed=900, flipped=True), has_changed=True)
    assert splits(learner) != questions


def test_the_more_decays_the_more_leaves_move(task, rows, began):
    """At 0 a leaf is the batch's own."""
    asked, _ = rows(200, seed=500)
    moves = []
    for decay in (0.99, 0.9, 0.5, 0.0):
        learner = began(task("leaves", leaf_decay=decay))
        before = learner.probability(asked)
        learner.learn(*rows(50, seed=900, flipped=True), has_changed=False)
        moves.append(np.abs(learner.probability(asked) - before).mean())
    assert moves == sorted(moves)
    assert moves[0] < 0.05


def test_rows_that_come_again_and_again_are_learnt(task, rows, began, loss):
    """Both ways."""
    batch = rows(100, seed=1)
    for strategy in ("boosting", "leaves"):
        learner = began(task(strategy))
        before = loss(learner, *batch)
        for _ in range(5):
            learner.learn(*batch, has_changed=False)
        assert loss(learner, *batch) < before


@pytest.mark.parametrize(
    ("scikit_learn", "lightgbm"),
    [
        ({"min_child_samples": 40}, {"min_data_in_leaf": 40}),
        ({"colsample_bytree": 0.3}, {"feature_fraction": 0.3}),
        ({"subsample": 0.3, "subsample_freq": 2}, {"bagging_fraction": 0.3, "bagging_freq": 2}),
        ({"reg_lambda": 30.0}, {"lambda_l2": 30.0}),
    ],
    ids=str,
)
@pytest.mark.parametrize("strategy", ["boosting", "leaves"])
def test_parameters_may_have_either_name(strategy, scikit_learn, lightgbm, task, rows, began):
    """scikit-learn's, or LightGBM's own; neither is overruled by what is usual."""
    asked, _ = rows(100, seed=500)
    first, second, usual = (
        began(task(strategy, parameters=parameters)).probability(asked) for parameters in (scikit_learn, lightgbm, {})
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, usual)


def test_a_booster_is_an_estimator_as_others(task, began):
    """Its classes are 0 and 1, a fit leaves it as it is, and a copy answers the same."""
    learner = began(task("boosting"))
    estimator = learner.model().estimator[-1]
    asked = np.zeros((3, estimator.booster_.num_feature()), dtype=np.float32)
    answers = estimator.predict_proba(asked)
    assert answers.shape == (3, 2)
    assert np.allclose(answers.sum(axis=1), 1.0)
    assert estimator.classes_.tolist() == [0, 1]
    assert estimator.fit(asked, np.array([0, 1, 0])) is estimator
    copied = clone(estimator)
    assert isinstance(copied, BoostedEstimator)
    assert np.array_equal(copied.predict_proba(asked), answers)
