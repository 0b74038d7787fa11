"""What is added next, learnt for each product or for all together."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.evaluation import Recommended, frequency_baseline
from keepfit.evaluation.recommendations import average_precision
from keepfit.project.panel_section import PanelCandidate
from keepfit.training.recommender.learners import learn

WAYS = ("per_product", "ranker")
ALL_OPEN = np.ones((3000, 4), dtype=np.bool_)  # nothing is owned: what is said of every product


def learnt(drawn, way, *, added=None, workers=1, on_model=None, **settings):
    candidate = PanelCandidate(model=way, **{"rounds": 10, **settings})
    told = drawn.added if added is None else added
    return learn(candidate, drawn.matrix, told, drawn.is_open, seed=0, workers=workers, on_model=on_model)


def trees_of(learned):
    """Return all trees in comparable types."""
    return [
        (number, tree.feature.tolist(), tree.threshold.tolist(), tree.value.tolist())
        for number, tree in learned.trees()
    ]


@pytest.mark.parametrize("way", WAYS)
def test_it_says_more_than_frequencies(drawn, way):
    """On rows that taught; it is no more than a sign of life."""
    nothing = np.zeros_like(drawn.added)
    shares = np.tile(frequency_baseline(drawn.added, drawn.is_open)["frequency"], (len(drawn.added), 1))
    scores = [
        average_precision(Recommended(drawn.added, said, drawn.is_open, nothing)).mean()
        for said in (shares, learnt(drawn, way).chances(drawn.matrix, ALL_OPEN).products)
    ]
    assert scores[1] > 1.3 * scores[0]


def test_before_anything_is_learnt_a_product_is_as_likely_as_it_was(drawn):
    """Of those who could add it: who owns it has no say."""
    found = learnt(drawn, "per_product", rounds=1, learning_rate=1e-6).chances(drawn.matrix, ALL_OPEN).products
    expected = frequency_baseline(drawn.added, drawn.is_open)["frequency"]
    np.testing.assert_allclose(found, np.tile(expected, (len(found), 1)), atol=1e-5)


def test_before_anything_is_learnt_the_ranker_knows_whether_and_which(drawn):
    """Whether: the share of rows that add anything. Which: the share of all additions; who adds two is there twice."""
    found = learnt(drawn, "ranker", rounds=1, learning_rate=1e-6).chances(drawn.matrix, ALL_OPEN).products
    assert (drawn.added.sum(axis=1) > 1).any()
    expected = drawn.added.mean(axis=0)  # the share of rows, times that it is this one, times how many there are
    np.testing.assert_allclose(found, np.tile(expected, (len(found), 1)), atol=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_the_same_is_learnt_by_any_number_of_workers(drawn, way):
    """Tree for tree, and again."""
    first = trees_of(learnt(drawn, way))
    assert all(trees_of(learnt(drawn, way, workers=workers)) == first for workers in (1, 2, 3))


@pytest.mark.parametrize("way", WAYS)
def test_a_product_that_nobody_adds_is_unlikely(drawn, way):
    """As if it had happened once in twice as many rows; the others are learnt as before."""
    added = drawn.added.copy()
    added[:, 2] = False
    found = learnt(drawn, way, added=added).chances(drawn.matrix, ALL_OPEN).products
    assert (found[:, 2] <= 1 / (2 * len(added)) + 1e-9).all()
    assert (found[:, [0, 1, 3]].mean(axis=0) > 0.02).all()
    if way == "per_product":
        np.testing.assert_allclose(found[:, 2], 1 / (2 * len(added)))


@pytest.mark.parametrize("way", WAYS)
def test_one_product_alone_may_be_added(drawn, way):
    """There is no question then which one it is."""
    added = np.zeros_like(drawn.added)
    added[:, 1] = drawn.added[:, 1]
    learned = learnt(drawn, way, added=added)
    found = learned.chances(drawn.matrix, ALL_OPEN).products
    assert len(learned.boosters) == 1
    assert (found[:, [0, 2, 3]] < 1e-3).all()
    assert found[added[:, 1], 1].mean() > found[~added[:, 1], 1].mean()


def test_the_ranker_says_whether_and_how_many(drawn):
    """What it says of each adds up to that anything is added, times the additions of a row that adds."""
    learned = learnt(drawn, "ranker")
    anything, products = learned.chances(drawn.matrix, ALL_OPEN)
    ((number,), whether), _ = learned.boosters
    assert number == drawn.added.shape[1]
    raw = whether.predict(np.where(np.isnan(drawn.matrix), np.finfo(np.float32).max, drawn.matrix))
    np.testing.assert_allclose(anything, raw, atol=1e-9)
    assert learned.additions == drawn.added.sum() / drawn.added.any(axis=1).sum()
    free = products.max(axis=1) < 1
    np.testing.assert_allclose(products.sum(axis=1)[free], (learned.additions * anything)[free], atol=1e-9)


def test_a_candidate_says_how_many_trees_of_how_many_leaves(drawn):
    """For each product, or for each and whether; by default fifteen leaves and seven."""
    assert len(learnt(drawn, "per_product", rounds=3).trees()) == 3 * 4
    assert len(learnt(drawn, "ranker", rounds=3).trees()) == 3 * 5
    for way, settings, most in (
        ("per_product", {}, 15),
        ("per_product", {"leaves": 4}, 4),
        ("ranker", {"leaves": 2}, 2),
    ):
        leaves = [int((tree.feature < 0).sum()) for _, tree in learnt(drawn, way, **settings).trees()]
        assert max(leaves) == most


def test_leaves_that_cost_more_say_less(drawn):
    """The more L2 costs, the nearer are all answers to the frequency."""
    spreads = [
        learnt(drawn, "per_product", l2=l2).chances(drawn.matrix, ALL_OPEN).products.std()
        for l2 in (0.0, 100.0, 10_000.0)
    ]
    assert spreads[0] > spreads[1] > spreads[2]


@pytest.mark.parametrize(("way", "total"), [("per_product", 4), ("ranker", 2)])
def test_it_tells_how_far_it_is(drawn, way, total):
    """Before each model, and at the end."""
    told = []
    learnt(drawn, way, rounds=1, on_model=lambda done, of: told.append((done, of)))
    assert told == [(done, total) for done in range(total + 1)]
