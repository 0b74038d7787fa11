"""How much each member counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.training.ensemble.weights import LEAST_WEIGHT, log_loss, pool_weights


def drawn(rows=1500, seed=0):
    """Return labels and the logits of three members: two good ones that err differently, and noise."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, rows))
    labels = (first + second + rng.logistic(size=rows) > 0).astype(np.int8)
    return np.column_stack([1.3 * first, 1.3 * second, rng.normal(size=rows)]), labels


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_weights_are_a_mean(seed):
    """They are not negative, add up to one, and none is below the least but zero."""
    weights = pool_weights(*drawn(200, seed))
    assert weights.sum() == pytest.approx(1)
    assert ((weights == 0) | (weights >= LEAST_WEIGHT)).all()


def test_members_that_err_differently_share():
    """Two equally good members count alike, noise counts for nothing, and the mean is better than each."""
    logits, labels = drawn(20_000)
    weights = pool_weights(logits, labels)
    assert weights[:2] == pytest.approx([0.5, 0.5], abs=0.05)
    assert weights[2] == 0
    assert log_loss(logits @ weights, labels) < min(log_loss(logits[:, at], labels) for at in range(3))


def test_the_order_of_members_changes_nothing():
    """The log-loss is convex: there is one answer, wherever the search begins."""
    logits, labels = drawn()
    order = [2, 0, 1]
    assert pool_weights(logits[:, order], labels) == pytest.approx(pool_weights(logits, labels)[order], abs=1e-4)


def test_a_row_counts_by_its_weight():
    """A row of weight 3 counts as three rows."""
    logits, labels = drawn(300)
    times = np.random.default_rng(1).integers(1, 4, 300)
    repeated = pool_weights(np.repeat(logits, times, axis=0), np.repeat(labels, times))
    assert pool_weights(logits, labels, times.astype(float)) == pytest.approx(repeated, abs=1e-4)


def test_one_member_has_all_the_weight():
    """There is nothing to choose."""
    logits, labels = drawn(100)
    assert pool_weights(logits[:, :1], labels).tolist() == [1.0]
