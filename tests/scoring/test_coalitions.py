"""Which coalitions are scored, and that their weights give Shapley values."""

from __future__ import annotations

from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.scoring.coalitions import ROWS, coalitions

seeds = st.integers(0, 2**32 - 1)
FEW, MANY = st.integers(0, 6), st.integers(7, 40)


def interactions(present, seed, order):
    """Return scores of a random game with all interactions of up to `order` features, and its Shapley values."""
    features = present.shape[1]
    rng, effects = np.random.default_rng(seed), np.zeros(features)
    scores = np.full(len(present), rng.normal())
    for size in range(1, order + 1):
        for members in combinations(range(features), size):
            together = rng.normal()
            scores += together * present[:, members].all(axis=1)
            effects[list(members)] += together / size  # what they do together they share equally
    return scores, effects


@given(FEW, seeds)
def test_few_features_are_averaged_over_all_their_orders(features, seed):
    """With all coalitions the effects are the mean of what a feature changes when it joins, over all orders."""
    features = min(features, 5)
    found = coalitions(features)
    scores = np.random.default_rng(seed).random(len(found.present))
    score = {members.tobytes(): value for members, value in zip(found.present, scores, strict=True)}
    changes = np.zeros(features)
    for order in permutations(range(features)):
        members = np.zeros(features, dtype=bool)
        for feature in order:
            before = score[members.tobytes()]
            members[feature] = True
            changes[feature] += score[members.tobytes()] - before
    np.testing.assert_allclose(found.effects(scores), changes / factorial(features), atol=1e-12)


@given(st.one_of(FEW, MANY), seeds)
def test_effects_add_up_to_what_everybody_has_over_nobody(features, seed):
    """Whatever the scores are."""
    found = coalitions(features)
    scores = np.random.default_rng(seed).random(len(found.present))
    assert found.effects(scores).sum() == pytest.approx(scores[-1] - scores[0] if features else 0.0, abs=1e-9)


@given(MANY, seeds)
@settings(max_examples=30)
def test_interactions_of_two_features_are_exact(features, seed):
    """Of many features too, whose coalitions are not all scored; and so are additive scores."""
    found = coalitions(features)
    scores, effects = interactions(found.present, seed, 2)
    np.testing.assert_allclose(found.effects(scores), effects, atol=1e-9)


@given(FEW, seeds)
def test_interactions_of_any_order_are_exact_for_few_features(features, seed):
    """Six features have 64 coalitions, which are all scored."""
    found = coalitions(features)
    scores, effects = interactions(found.present, seed, features)
    np.testing.assert_allclose(found.effects(scores), effects, atol=1e-9)


@pytest.mark.parametrize("features", [9, 11, 13])
def test_interactions_of_three_are_nearer_than_by_permutations(features):
    """The error is less than half of that of permutations and their reverses, in no fewer rows."""
    found = coalitions(features)
    pairs = -(-ROWS // (2 * (features - 1)))
    ours = sampled = 0.0
    for seed in range(8):
        everybody = np.ones((1, features), dtype=bool)
        _, effects = interactions(everybody, seed, 3)
        ours += np.square(found.effects(interactions(found.present, seed, 3)[0]) - effects).sum()
        sampled += np.square(by_permutations(features, pairs, seed) - effects).sum()
    assert ours < sampled / 4


def by_permutations(features, pairs, seed):
    """Return effects in the game of three by so many permutations, each with its reverse."""
    rng, effects = np.random.default_rng(1000 + seed), np.zeros(features)
    for _ in range(pairs):
        order = rng.permutation(features)
        for joining in (order, order[::-1]):
            members = np.zeros((features + 1, features), dtype=bool)
            for step, feature in enumerate(joining):
                members[step + 1 :, feature] = True
            effects[joining] += np.diff(interactions(members, seed, 3)[0]) / (2 * pairs)
    return effects


@pytest.mark.parametrize("features", [*range(34), 100])
def test_no_coalition_is_scored_twice(features):
    """Nobody comes first, everybody last, and the k-th from the end is the complement of the k-th."""
    present = coalitions(features).present
    assert len({row.tobytes() for row in present}) == len(present)
    assert not present[0].any()
    assert present[-1].all()
    np.testing.assert_array_equal(present[::-1], ~present)
    assert len(present) <= max(ROWS, 2 * features + 66)


@given(MANY, seeds, st.data())
@settings(max_examples=30)
def test_idle_features_have_no_effect(features, seed, data):
    """They seem still, go through the trials unchanged, and the others share what the weights gave them."""
    found = coalitions(features)
    moving = data.draw(st.integers(1, features - 1))
    weights = np.random.default_rng(seed).normal(size=features) * (np.arange(features) < moving)

    def scores_of(present):
        return 1 / (1 + np.exp(-np.where(present, weights, 0.0).sum(axis=1)))

    scores = scores_of(found.present)
    idle = found.still(scores)
    assert set(range(moving, features)) <= set(idle)
    for feature in range(moving, features):
        np.testing.assert_array_equal(scores_of(found.tried(feature)), scores[found.trials])
    effects = found.effects(scores, range(moving, features))
    assert not effects[moving:].any()
    assert effects.sum() == pytest.approx(scores[-1] - scores[0], abs=1e-9)


def test_what_all_features_do_together_is_not_lost():
    """Where each alone seems idle, none is taken for it."""
    found = coalitions(12)
    scores = (found.present.sum(axis=1) >= 9).astype(float)  # any nine of the twelve
    assert found.still(scores) == list(range(12))
    assert found.effects(scores, found.still(scores)).sum() == pytest.approx(1.0)
