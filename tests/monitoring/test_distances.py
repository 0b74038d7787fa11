"""Distances: identities, SciPy's values, and what chance makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp, wasserstein_distance

from keepfit.monitoring.distances import (
    expected_divergence,
    expected_wasserstein,
    jensen_shannon,
    kolmogorov_smirnov,
    population_stability,
    wasserstein,
)
from keepfit.profiles.column import number_profile

counts = hnp.arrays(np.float64, 5, elements=st.integers(1, 500).map(float))
DRAWS = {
    "normal": lambda rng, count: rng.normal(size=count),
    "long tail": lambda rng, count: rng.lognormal(0, 1.5, count),
    "mostly nil": lambda rng, count: np.where(rng.random(count) < 0.8, 0.0, rng.exponential(1, count)),
    "whole numbers": lambda rng, count: rng.integers(18, 69, count).astype(float),
}


def two(draw, change=lambda values: values, sizes=(3000, 1000), seed=0):
    rng = np.random.default_rng(seed)
    first, second = DRAWS[draw](rng, sizes[0]), change(DRAWS[draw](rng, sizes[1]))
    reference = number_profile("x", first, 32)
    return first, second, reference, reference.count(second)


@pytest.mark.parametrize("draw", DRAWS)
def test_equal_samples_are_at_no_distance(draw):
    """A sample has no distance from itself, by any measure."""
    first, _, reference, _ = two(draw)
    again = reference.count(first)
    shares = np.array(reference.counts, dtype=float)
    assert wasserstein(reference, again) == pytest.approx(0, abs=1e-9)
    assert kolmogorov_smirnov(reference, again) == 0
    assert jensen_shannon(shares, shares) == 0
    assert population_stability(shares, shares) == 0


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("factor", [0.7, 1.0, 1.5])
def test_wasserstein_is_scipys(draw, factor):
    """Counts and sums by bin give the distance of the raw values, and no more: where the two cross in a tail, less."""
    first, second, reference, window = two(draw, lambda values: values * factor)
    exact = wasserstein_distance(first, second)
    tolerance = 1e-3 if draw in {"normal", "whole numbers"} else 6e-3
    assert wasserstein(reference, window) / first.std() == pytest.approx(exact / first.std(), abs=tolerance)
    assert wasserstein(reference, window) <= exact + 1e-9


@pytest.mark.parametrize("draw", DRAWS)
def test_kolmogorov_smirnov_never_exceeds_the_exact_one(draw):
    """On bins the statistic is at most SciPy's, and close to it."""
    first, second, reference, window = two(draw, lambda values: values + 0.2)
    exact = ks_2samp(first, second).statistic
    found = kolmogorov_smirnov(reference, window)
    assert found <= exact + 1e-12
    assert found >= exact - 1 / 16 - (exact if draw == "mostly nil" else 0)


@given(counts, counts)
def test_jensen_shannon_is_scipys(first, second):
    """The distance of two vectors of counts, in nats."""
    assert jensen_shannon(first, second) == pytest.approx(jensenshannon(first, second), abs=1e-9)


@given(counts, counts)
def test_distances_are_symmetric_and_not_negative(first, second):
    """Neither side is special."""
    for distance in (jensen_shannon, population_stability):
        assert distance(first, second) == pytest.approx(distance(second, first), abs=1e-12)
        assert distance(first, second) >= 0


def test_population_stability_is_the_textbooks():
    """Shares of 10/20/70 % against 20/30/50 %: the sum of (q - p) ln(q/p), by hand."""
    expected = 0.1 * np.log(2) + 0.1 * np.log(1.5) - 0.2 * np.log(5 / 7)
    assert population_stability(np.array([10.0, 20, 70]), np.array([20.0, 30, 50])) == pytest.approx(expected)


@pytest.mark.parametrize("draw", DRAWS)
def test_chance_makes_about_what_is_expected_of_it(draw):
    """The mean Wasserstein distance of unchanged samples is what the formula says, within a fifth."""
    found, expected = [], []
    for seed in range(60):
        _, _, reference, window = two(draw, sizes=(2000, 500), seed=seed)
        found.append(wasserstein(reference, window))
        expected.append(expected_wasserstein(reference, window))
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.2)


def test_chance_makes_the_expected_divergence():
    """The mean divergence of unchanged counts is (k - 1)/8 (1/n + 1/m), within a tenth."""
    rng = np.random.default_rng(0)
    shares = [0.4, 0.3, 0.2, 0.1]
    pairs = [(rng.multinomial(2000, shares) * 1.0, rng.multinomial(500, shares) * 1.0) for _ in range(400)]
    found = np.mean([jensen_shannon(*pair) ** 2 for pair in pairs])
    assert found == pytest.approx(np.mean([expected_divergence(*pair) for pair in pairs]), rel=0.1)
