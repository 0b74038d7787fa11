"""What holds for every way to learn batch by batch."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from keepfit.errors import TrainingError
from keepfit.project.stream_section import Strategy
from keepfit.training import check_parity, stress_rows
from keepfit.training.incremental import STRATEGIES

pytestmark = pytest.mark.filterwarnings("error")
every_strategy = pytest.mark.parametrize("strategy", list(STRATEGIES))
MODELS = ["extra_trees", "random_forest", "lightgbm", "xgboost", "catboost", "logistic_regression"]


def test_each_name_that_may_be_declared_has_its_learner():
    """And there is none beside."""
    assert tuple(STRATEGIES) == get_args(Strategy)


@every_strategy
def test_one_that_goes_on_answers_as_one_that_was_never_stopped(strategy, task, rows, began, gone_on):
    """Bit for bit: at once, after further batches, over a change, and stopped at each of them."""
    declared = task(strategy, most_trees=100)  # reached on the way
    steady, stopped = began(declared), gone_on(began(declared), declared)
    asked, _ = rows(300, seed=500)
    for number in range(9):
        assert np.array_equal(steady.probability(asked), stopped.probability(asked))
        for learner in (steady, stopped):
            learner.learn(*rows(50, seed=number), has_changed=number == 6)
        stopped = gone_on(stopped, declared)
    assert np.array_equal(steady.probability(asked), stopped.probability(asked))
    assert (steady.trees, len(steady.rows)) == (stopped.trees, len(stopped.rows))


@every_strategy
def test_the_same_rows_give_the_same_answers(strategy, task, rows, began):
    """In the same order; a state is the same too, to the last bit."""
    learners = [began(task(strategy)) for _ in range(2)]
    for learner in learners:
        for number in range(3):
            learner.learn(*rows(50, seed=number), has_changed=False)
    first, second = (learner.state() for learner in learners)
    assert list(first) == list(second)
    assert all(first[name].tobytes() == second[name].tobytes() for name in first)


@every_strategy
def test_what_is_drawn_follows_from_the_seed(strategy, task, rows, began):
    """Of another project's seed comes another learner, which answers nearly the same."""
    declared = task(strategy)
    learners = [began(replace(declared, seed=seed)) for seed in (7, 8)]
    for learner in learners:
        learner.learn(*rows(50, seed=1), has_changed=False)
    first, second = (learner.probability(rows(300, seed=500)[0]) for learner in learners)
    assert not np.array_equal(first, second)
    assert np.abs(first - second).mean() < 0.2


@every_strategy
def test_it_does_not_grow_without_end(strategy, task, rows, began):
    """Neither the rows that it keeps, nor its trees or weights, nor its state."""
    learner = began(task(strategy, window_rows=120, most_trees=90, batch_trees=20))
    bytes_of_states = []
    for number in range(25):
        learner.learn(*rows(50, seed=number), has_changed=number == 12)
        assert len(learner.rows) <= 120
        assert (learner.trees or 0) <= 90
        bytes_of_states.append(sum(array.nbytes for array in learner.state().values()))
    assert max(bytes_of_states) < 2 * max(bytes_of_states[:5])


@every_strategy
def test_a_batch_of_one_class_is_learnt(strategy, task, rows, began):
    """Of either class, also where it is said that something has changed; answers stay probabilities."""
    learner = began(task(strategy))
    asked, _ = rows(300, seed=500)
    for seed, label, has_changed in ((1, 0, False), (2, 1, False), (3, 1, True), (4, 0, True)):
        matrix, labels = rows(50, seed=seed)
        learner.learn(matrix, np.full_like(labels, label), has_changed=has_changed)
        answers = learner.probability(asked)
        assert ((answers >= 0) & (answers <= 1)).all()


@every_strategy
def test_rows_of_one_class_alone_are_no_end(strategy, task, rows, began, gone_on):
    """When all that is kept is of one class it still answers, goes on the same after a stop, and learns again later."""
    declared = task(strategy, window_rows=100)
    learner = began(declared)
    asked, truth = rows(300, seed=500)
    matrix, labels = rows(100, seed=1)
    for _ in range(3):
        learner.learn(matrix, np.zeros_like(labels), has_changed=False)
        stopped = gone_on(learner, declared)
        assert np.array_equal(stopped.probability(asked), learner.probability(asked))
    for one in (learner, stopped):
        for number in range(2, 5):
            one.learn(*rows(100, seed=number), has_changed=False)
    assert np.array_equal(stopped.probability(asked), learner.probability(asked))
    assert ((learner.probability(asked) > 0.5) == truth).mean() > 0.7


@every_strategy
@pytest.mark.parametrize("batches", [1, 20], ids=["early", "late"])
def test_after_a_change_the_newest_rows_are_answered_better(strategy, batches, task, rows, began, loss):
    """Those of the batch, and others of its kind; those that do not follow at once are on their way."""
    learner = began(task(strategy))
    for number in range(batches):
        learner.learn(*rows(50, seed=number), has_changed=False)
    newest, others = rows(50, seed=900, flipped=True), rows(300, seed=901, flipped=True)
    before = loss(learner, *newest), loss(learner, *others)
    learner.learn(*newest, has_changed=True)
    after = loss(learner, *newest), loss(learner, *others)
    assert all(now < then for now, then in zip(after, before, strict=True))
    if strategy not in {"linear", "river"}:  # which follow step by step
        assert after[1] < 0.7  # better than one that knows nothing


@every_strategy
@pytest.mark.parametrize("has_changed", [False, True])
def test_a_batch_may_be_one_row(strategy, has_changed, task, rows, began):
    """As the last one of a file."""
    learner = began(task(strategy))
    learner.learn(*rows(1, seed=1), has_changed=has_changed)
    assert np.isfinite(learner.probability(rows(5, seed=2)[0])).all()


@every_strategy
def test_its_model_answers_as_it_does_and_can_be_exported(strategy, task, rows, began):
    """The graph passes the gate, on rows with missing values and unseen categories too; learning on leaves it alone."""
    learner = began(task(strategy))
    learner.learn(*rows(50, seed=1), has_changed=False)
    matrix, _ = rows(300, seed=500)
    asked = np.concatenate([matrix, stress_rows(matrix, task(strategy).signature)])
    model, expected = learner.model(), learner.probability(asked)
    assert np.array_equal(model.probability(asked), expected)
    assert check_parity(expected, model.to_onnx(), asked, threshold=0.5) <= 1e-5
    learner.learn(*rows(50, seed=2), has_changed=False)
    assert np.array_equal(model.probability(asked), expected)
    assert not np.array_equal(learner.probability(asked), expected)


@pytest.mark.parametrize("model", MODELS)
def test_every_family_may_be_fitted_anew(model, task, rows, began, gone_on):
    """It goes on bit for bit, and its graph passes the gate."""
    declared = task("window", model=model)
    learner = began(declared)
    learner.learn(*rows(50, seed=1), has_changed=False)
    asked, _ = rows(300, seed=500)
    expected = learner.probability(asked)
    assert np.array_equal(gone_on(learner, declared).probability(asked), expected)
    assert check_parity(expected, learner.model().to_onnx(), asked, threshold=2.0) <= 1e-5


@pytest.mark.parametrize(
    ("strategy", "declared", "said"),
    [
        ("window", {"model": "extra_tree"}, '[stream] model = "extra_tree": is no family of models; .*"extra_trees"'),
        ("window", {"parameters": {"n_estimator": 9}}, 'extra_trees has no such parameter; .* "n_estimators"'),
        ("reservoir", {"model": "lightgbm", "parameters": {"num_leafs": 9}}, 'lightgbm has no .* "num_leaves"'),
        ("boosting", {"parameters": {"num_leafs": 9}}, 'num_leafs: boosting has no such .* "num_leaves"'),
        ("boosting", {"parameters": {"n_estimators": 9}}, "boosting has no such parameter"),
        ("boosting", {"parameters": {"objective": "regression"}}, "boosting has no such parameter"),
        ("leaves", {"parameters": {"min_child_sample": 9}}, 'leaves has no .* "min_child_samples"'),
        ("linear", {"parameters": {"eta": 0.1}}, 'linear has no such parameter; .* "eta0"'),
        ("linear", {"parameters": {"average": True}}, "linear has no such parameter"),
        ("river", {"parameters": {"intercept_l": 0.1}}, 'river has no such parameter; .* "intercept_lr"'),
        ("river", {"parameters": {"l1": 0.1}}, "river has no such parameter"),
    ],
    ids=str,
)
def test_an_unknown_name_is_refused(strategy, declared, said, task, began):
    """With the key, and the nearest that there is; a parameter that would be overruled, or lost at a stop, too."""
    with pytest.raises(TrainingError, match=said.replace("[", r"\[").replace("]", r"\]")) as caught:
        began(task(strategy, **declared))
    named = declared.get("parameters", {})
    assert caught.value.where.startswith("keepfit.toml: [stream] ")
    assert all(caught.value.where.endswith(f"parameters.{name}") for name in named)


@pytest.mark.parametrize(
    ("strategy", "declared"),
    [
        ("window", {"parameters": {"n_estimators": -1}}),
        ("reservoir", {"parameters": {"max_depth": "deep"}}),
        ("window", {"model": "lightgbm", "parameters": {"num_leaves": 1}}),
        ("window", {"model": "lightgbm", "parameters": {"linear_tree": True}}),
        ("window", {"model": "xgboost", "parameters": {"booster": "gblinear"}}),
        ("boosting", {"parameters": {"num_leaves": 1}}),
        ("boosting", {"parameters": {"learning_rate": "fast"}}),
        ("leaves", {"parameters": {"bagging_fraction": 2.0}}),
        ("linear", {"parameters": {"eta0": -1.0}}),
        ("linear", {"parameters": {"penalty": "l3"}}),
        ("linear", {"parameters": {"alpha": "x"}}),
        ("river", {"parameters": {"l2": "strong"}}),
        ("river", {"parameters": {"intercept_lr": "fast"}}),
        ("river", {"parameters": {"intercept_init": "low"}}),
        ("river", {"parameters": {"l2": 1e9}}),
    ],
    ids=str,
)
def test_a_value_that_cannot_be_is_refused(strategy, declared, task, began):
    """As an error of the project file, in one line, whatever a library raises."""
    with pytest.raises(TrainingError) as caught:
        began(task(strategy, **declared))
    assert caught.value.where.startswith("keepfit.toml: [stream] ")
    assert "parameters" in caught.value.where
    assert caught.value.hint
    assert "\n" not in str(caught.value)
