"""Isotonic regression of counts."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.monitoring.isotonic import isotonic_blocks


def draws(seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(1, 9, 25)
    return rng.binomial(rows, np.linspace(0.1, 0.9, 25)), rows


@pytest.mark.parametrize("seed", range(20))
def test_rates_are_those_of_the_minimax_formula(seed):
    """The largest, by where to begin, of the smallest shares up to any end (Robertson, Wright and Dykstra 1988)."""
    positives, rows = draws(seed)
    hits, counts = np.append(0, np.cumsum(positives)), np.append(0, np.cumsum(rows))
    expected = [
        max(
            min((hits[end] - hits[begin]) / (counts[end] - counts[begin]) for end in range(at + 1, 26))
            for begin in range(at + 1)
        )
        for at in range(25)
    ]
    assert isotonic_blocks(positives, rows).rates == pytest.approx(expected)


def test_rising_shares_stay():
    """Nothing is pooled where nothing falls."""
    assert isotonic_blocks(np.array([0, 1, 3, 4]), np.array([4, 4, 4, 4])).rates.tolist() == [0.0, 0.25, 0.75, 1.0]


def test_positives_are_kept():
    """The rates let expect as many positives as there are; a rate of nought or one is never certain for redrawing."""
    blocks = isotonic_blocks(*draws(3))
    assert blocks.rates @ draws(3)[1] == pytest.approx(draws(3)[0].sum())
    assert blocks.cautious_rates.min() > 0
    assert blocks.cautious_rates.max() < 1


def test_a_single_bin_has_its_share():
    """One bin is a block; by the rule of succession three of four are 4/6."""
    blocks = isotonic_blocks(np.array([3]), np.array([4]))
    assert blocks.rates.tolist() == [0.75]
    assert blocks.cautious_rates.tolist() == pytest.approx([4 / 6])
