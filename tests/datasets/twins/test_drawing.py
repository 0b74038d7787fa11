"""Drawing columns: ranks that correlate, values and words at ranks, an outcome that follows a score."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.datasets.twins.drawing import (
    LEVELS,
    correlated_ranks,
    is_chosen,
    ranks_of,
    score,
    values_at,
    whole_values_at,
    words_at,
)

BALANCES = (-8019, -627, -172, 0, 72, 448, 1428, 3574, 5768, 8412, 13165, 18016, 32948, 102127)


def test_ranks_are_spaced_evenly():
    """Each rank occurs once, whatever the values."""
    assert ranks_of(np.array([30.0, -5.0, 7.0, 8.0])).tolist() == [0.875, 0.125, 0.375, 0.625]
    assert ranks_of(np.array([])).size == 0


def test_ranks_correlate_as_is_asked():
    """A pair correlates by 6/π·asin(r/2) (Kruskal, 1958), and one that is not named not at all."""
    rng = np.random.default_rng(1)
    ranks = correlated_ranks(rng, 20_000, ("a", "b", "c"), {("a", "b"): -0.7})
    found = np.corrcoef([ranks["a"], ranks["b"], ranks["c"]])
    assert found[0, 1] == pytest.approx(6 / np.pi * np.arcsin(-0.35), abs=0.02)
    assert found[0, 2] == pytest.approx(0, abs=0.03)
    for column in ranks.values():
        assert np.sort(column).tolist() == ((np.arange(20_000) + 0.5) / 20_000).tolist()


def test_values_go_through_the_quantiles():
    """At a level stands its quantile, and between two levels a value between theirs."""
    assert whole_values_at(np.array(LEVELS), BALANCES).tolist() == list(BALANCES)
    values = values_at(np.linspace(0, 1, 1001), BALANCES, decimals=6)
    assert (np.diff(values) >= 0).all()


def test_a_tail_thins_out():
    """Halfway up to a far maximum stands about the geometric mean, as in a long tail, and not the middle."""
    halfway = values_at(np.array([(LEVELS[-2] + LEVELS[-1]) / 2]), BALANCES)
    assert halfway[0] == pytest.approx(np.sqrt(32948 * 102127), rel=1e-4)


def test_words_have_their_shares():
    """Of evenly spaced ranks each word gets its share, the first one the lowest; a word of no share gets none."""
    words = words_at((np.arange(100) + 0.5) / 100, {"a": 2, "none": 0, "b": 7, "c": 1})
    assert words.tolist() == ["a"] * 20 + ["b"] * 70 + ["c"] * 10
    assert words_at(np.array([0.1, 0.9]), {0: 1, 1: 1}).dtype == np.int64


def test_a_score_adds_effects():
    """A number counts by its logarithm, of either sign, in standard deviations; a category by its own effect."""
    columns = {"n": np.array([-np.expm1(1), np.expm1(1)]), "constant": np.ones(2), "word": ["a", "b"]}
    assert score(columns, {"n": 2.0, "constant": 5.0}, {"word": {"b": 0.5}}) == pytest.approx([-2.0, 2.5])


def test_the_highest_scores_are_chosen():
    """The share is kept, and a higher score is chosen more often."""
    chosen = is_chosen(np.random.default_rng(1), np.repeat([0.0, 2.0], 5000), 0.3)
    assert chosen.sum() == 3000
    assert chosen[5000:].sum() > 2 * chosen[:5000].sum()
