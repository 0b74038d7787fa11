"""Coarse levels: tenths of a number, the most frequent labels of a category."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.profiles import coarse_levels
from keepfit.profiles.category import category_profile
from keepfit.profiles.number import number_profile

LABELS = tuple(f"l{number:03d}" for number in range(500))


def test_a_continuous_number_has_tenths():
    """Each holds about a tenth of the reference; the last has no upper edge."""
    column = number_profile("x", np.random.default_rng(0).normal(size=20_000))
    levels = coarse_levels(column)
    assert len(levels.names) == 10
    assert levels.names[-1] == "+Inf"
    assert levels.counts(column) / 20_000 == pytest.approx(np.full(10, 0.1), abs=0.01)


def test_a_number_that_is_mostly_nil_has_fewer():
    """A value that many rows share is not cut."""
    column = number_profile("x", np.append(np.zeros(800), np.arange(1, 201)))
    levels = coarse_levels(column)
    assert levels.counts(column)[0] >= 800
    assert levels.counts(column).sum() == 1000
    assert len(levels.names) <= 4


@pytest.mark.parametrize("count", [30, 500])
def test_of_many_labels_the_most_frequent_have_levels_of_their_own(count):
    """The others are together, in buckets or not; the unseen are apart."""
    values = np.repeat(np.arange(count), np.arange(count, 0, -1)).astype(np.float32)
    column = category_profile("c", LABELS[:count], values)
    levels = coarse_levels(column)
    assert levels.names == (*LABELS[:20], "others", "unseen")
    assert levels.counts(column).sum() == len(values)
    assert levels.counts(column)[:2].tolist() == [count, count - 1]
    assert levels.counts(column.count(np.full(3, count, dtype=np.float32))).tolist() == [*[0] * 21, 3]
