"""Distances: identities, and SciPy's values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp, wasserstein_distance

from keepfit.monitoring.distances import (
    jensen_shannon,
    kolmogorov_smirnov,
    population_stability,
    total_variation,
    wasserstein,
)
from keepfit.profiles import level_counts
from keepfit.profiles.number import number_profile

counts = hnp.arrays(np.float64, 5, elements=st.integers(1, 500).map(float))
DRAWS = {
    "normal": lambda rng, count: rng.normal(size=count),
    "long tail": lambda rng, count: rng.lognormal(0, 1.5, count),
    "mostly nil": lambda rng, count: np.where(rng.random(count) < 0.8, 0.0, rng.exponential(1, count)),
    "whole numbers": lambda rng, count: rng.integers(18, 69, count).astype(float),
}


OF_COUNTS = (jensen_shannon, kolmogorov_smirnov, population_stability, total_variation)


def two(draw, change=lambda values: values, sizes=(3000, 1000), seed=0):
    rng = np.random.default_rng(seed)
    first, second = DRAWS[draw](rng, sizes[0]), change(DRAWS[draw](rng, sizes[1]))
    reference = number_profile("x", first)
    return first, second, reference, reference.count(second)


@pytest.mark.parametrize("draw", DRAWS)
def test_equal_samples_are_at_no_distance(draw):
    """A sample has no distance from itself, by any measure."""
    first, _, reference, _ = two(draw)
    again = reference.count(first)
    assert wasserstein(reference, again) == pytest.approx(0, abs=1e-9)
    for distance in OF_COUNTS:
        assert distance(level_counts(reference), level_counts(again)) == 0


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("factor", [0.7, 1.0, 1.5])
@pytest.mark.parametrize("sizes", [(3000, 1000), (100_000, 100_000)])
def test_wasserstein_is_scipys(draw, factor, sizes):
    """Counts and sums by bin give the distance of the raw values, within a thousandth of a standard deviation."""
    first, second, reference, window = two(draw, lambda values: values * factor, sizes)
    exact = wasserstein_distance(first, second)
    assert wasserstein(reference, window) / first.std() == pytest.approx(exact / first.std(), abs=1e-3)


def test_values_between_the_references_are_placed_by_their_mean():
    """Where few values occur in the reference, the gaps between them have bins of their own."""
    rng = np.random.default_rng(0)
    first, second = rng.choice([6.0, 12, 24, 36, 48, 60], 3000), rng.integers(6, 73, 1000).astype(float)
    reference = number_profile("x", first)
    exact = wasserstein_distance(first, second)
    assert wasserstein(reference, reference.count(second)) / first.std() == pytest.approx(exact / first.std(), abs=1e-3)


def test_a_constant_has_moved_as_far_as_its_values():
    """There is no edge; a window of the same value is at no distance."""
    reference = number_profile("x", np.full(100, 5.0))
    assert wasserstein(reference, reference.count(np.full(10, 5.0))) == 0
    assert wasserstein(reference, reference.count(np.full(10, 8.0))) == pytest.approx(3)


@pytest.mark.parametrize("draw", DRAWS)
def test_kolmogorov_smirnov_never_exceeds_the_exact_one(draw):
    """On bins the statistic is at most SciPy's, and close to it."""
    first, second, reference, window = two(draw, lambda values: values + 0.2)
    exact = ks_2samp(first, second).statistic
    found = kolmogorov_smirnov(level_counts(reference), level_counts(window))
    assert found <= exact + 1e-12
    assert found >= exact - 1 / 64 - (exact if draw == "mostly nil" else 0)


@given(counts, counts)
def test_jensen_shannon_is_scipys(first, second):
    """The distance of two vectors of counts, in nats."""
    assert jensen_shannon(first, second) == pytest.approx(jensenshannon(first, second), abs=1e-9)


@given(counts, counts)
def test_distances_are_symmetric_and_not_negative(first, second):
    """Neither side is special."""
    for distance in OF_COUNTS:
        assert distance(first, second) == pytest.approx(distance(second, first), abs=1e-12)
        assert distance(first, second) >= 0


def test_population_stability_is_the_textbooks():
    """Shares of 10/20/70 % against 20/30/50 %: the sum of (q - p) ln(q/p), by hand."""
    expected = 0.1 * np.log(2) + 0.1 * np.log(1.5) - 0.2 * np.log(5 / 7)
    assert population_stability(np.array([10.0, 20, 70]), np.array([20.0, 30, 50])) == pytest.approx(expected)


@given(counts, counts)
def test_total_variation_is_half_of_the_differences(first, second):
    """By its definition: the largest difference of the two probabilities of any set of levels."""
    gaps = first / first.sum() - second / second.sum()
    assert total_variation(first, second) == pytest.approx(gaps[gaps > 0].sum())


@pytest.mark.parametrize("distance", OF_COUNTS)
def test_draws_are_measured_together(distance):
    """A row of counts for each draw gives the distance of each."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(1, 50, (2, 7, 5)).astype(float)
    alone = [distance(*pair) for pair in zip(first, second, strict=True)]
    np.testing.assert_allclose(distance(first, second), alone)
