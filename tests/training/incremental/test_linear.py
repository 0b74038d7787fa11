"""A logistic regression by gradient steps."""

from __future__ import annotations

import numpy as np
import pytest

both = pytest.mark.parametrize("strategy", ["linear", "river"])
PLAIN = {
    "linear": {"learning_rate": "constant", "eta0": 0.1, "alpha": 0.0},  # without a penalty
    "river": {"intercept_lr": 0.01},  # and River's own 0.01 of the weights
}
RATES = {"linear": 0.1, "river": 0.01}


def weights(learner):
    estimator = learner.model().estimator[-1]
    return np.append(estimator.coef_[0], estimator.intercept_[0])


@both
def test_a_row_moves_the_weights_by_its_gradient(strategy, task, rows, began):
    """By the rate times what was missed, times the row's features: y - p for the logistic loss."""
    learner = began(task(strategy, parameters=PLAIN[strategy]))
    for number in range(5):
        matrix, labels = rows(1, seed=number)
        before, missed = weights(learner), float(labels[0] - learner.probability(matrix)[0])
        features = np.append(learner.model().estimator[:-1].transform(matrix)[0], 1.0)
        learner.learn(matrix, labels, has_changed=False)
        assert weights(learner) - before == pytest.approx(RATES[strategy] * missed * features, abs=1e-6)


@both
def test_a_batch_is_its_rows_one_by_one(strategy, task, rows, began):
    """Learnt at once or in pieces it is the same, but for rounding."""
    whole, pieces = began(task(strategy)), began(task(strategy))
    matrix, labels = rows(50, seed=1)
    whole.learn(matrix, labels, has_changed=False)
    for begin, end in ((0, 1), (1, 20), (20, 50)):
        pieces.learn(matrix[begin:end], labels[begin:end], has_changed=False)
    assert weights(whole) == pytest.approx(weights(pieces), rel=1e-12)
    assert np.array_equal(whole.rows.matrix, pieces.rows.matrix, equal_nan=True)


@both
def test_a_change_needs_nothing_else(strategy, task, rows, began):
    """It follows each row anyway."""
    told, untold = began(task(strategy)), began(task(strategy))
    told.learn(*rows(50, seed=1), has_changed=True)
    untold.learn(*rows(50, seed=1), has_changed=False)
    assert weights(told).tobytes() == weights(untold).tobytes()


@both
def test_it_follows_a_change_by_and_by(strategy, task, rows, began, loss):
    """What it answers to rows of the new kind is better after each few batches, and good in the end."""
    learner = began(task(strategy))
    others = rows(500, seed=500, flipped=True)
    losses = [loss(learner, *others)]
    for few in range(4):
        for number in range(15):
            learner.learn(*rows(50, seed=100 * few + number, flipped=True), has_changed=False)
        losses.append(loss(learner, *others))
    assert losses[0] > 2.0
    assert losses[1] < losses[0]
    assert losses[-1] < 0.5


@both
def test_it_learns_much_at_the_beginning(strategy, task, rows, began, loss):
    """The first rows are gone through several times: it is no beginner at the first batch."""
    assert loss(began(task(strategy)), *rows(500, seed=500)) < 0.35


@both
def test_it_has_weights_and_no_trees(strategy, task, rows, began):
    """One for each feature, and the intercept; no batch adds one."""
    learner = began(task(strategy))
    count = len(weights(learner))
    learner.learn(*rows(50, seed=1), has_changed=False)
    assert (learner.trees, len(weights(learner))) == (None, count)


@pytest.mark.parametrize("rate", ["constant", "optimal", "invscaling", "adaptive"])
def test_steps_that_become_shorter_go_on_so(rate, task, rows, began, gone_on):
    """How far they have become shorter is kept over a stop."""
    declared = task("linear", parameters={"learning_rate": rate, "eta0": 0.1})
    steady = began(declared)
    steady.learn(*rows(50, seed=1), has_changed=False)
    stopped = gone_on(steady, declared)
    for learner in (steady, stopped):
        learner.learn(*rows(50, seed=2), has_changed=False)
    assert weights(steady).tobytes() == weights(stopped).tobytes()


@pytest.mark.parametrize("parameters", [{"l2": 0.1}, {"intercept_init": 1.0}, {"clip_gradient": 0.1}], ids=str)
def test_what_may_be_set_of_river_goes_on(parameters, task, rows, began, gone_on):
    """Bit for bit over a stop, and none is without effect."""
    declared = task("river", parameters=parameters)
    steady = began(declared)
    stopped = gone_on(steady, declared)
    for learner in (steady, stopped):
        learner.learn(*rows(50, seed=2), has_changed=False)
    assert weights(steady).tobytes() == weights(stopped).tobytes()
    assert not np.array_equal(weights(began(task("river"))), weights(gone_on(steady, declared)))
