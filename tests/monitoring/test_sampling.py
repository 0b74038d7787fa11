"""What chance makes of distances: simulated, against the formulas."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.monitoring.distances import (
    jensen_shannon,
    kolmogorov_smirnov,
    population_stability,
    total_variation,
    wasserstein,
)
from keepfit.monitoring.sampling import (
    expected_divergence,
    expected_gap,
    expected_stability,
    expected_variation,
    expected_wasserstein,
    scatter,
)
from keepfit.profiles.number import number_profile

DRAWS = {
    "normal": lambda rng, count: rng.normal(size=count),
    "long tail": lambda rng, count: rng.lognormal(0, 1.5, count),
    "mostly nil": lambda rng, count: np.where(rng.random(count) < 0.8, 0.0, rng.exponential(1, count)),
    "whole numbers": lambda rng, count: rng.integers(18, 69, count).astype(float),
}
SHARES = [0.4, 0.3, 0.2, 0.1]


@pytest.mark.parametrize("draw", DRAWS)
def test_chance_makes_about_what_is_expected_of_it(draw):
    """The mean Wasserstein distance of unchanged samples is what the formula says, within a fifth."""
    found, expected = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        reference = number_profile("x", DRAWS[draw](rng, 2000))
        window = reference.count(DRAWS[draw](rng, 500))
        found.append(wasserstein(reference, window))
        expected.append(expected_wasserstein(reference, window))
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.2)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (lambda *pair: jensen_shannon(*pair) ** 2, expected_divergence),
        (population_stability, expected_stability),
        (total_variation, expected_variation),
    ],
    ids=["divergence", "PSI", "total variation"],
)
def test_chance_makes_the_expected_distance_of_counts(measured, expected):
    """The mean over unchanged counts is the formula's, within a tenth."""
    rng = np.random.default_rng(0)
    pairs = [(rng.multinomial(2000, SHARES) * 1.0, rng.multinomial(500, SHARES) * 1.0) for _ in range(400)]
    found = np.mean([measured(*pair) for pair in pairs])
    assert found == pytest.approx(np.mean([expected(*pair) for pair in pairs]), rel=0.1)


def test_chance_makes_the_expected_gap():
    """The mean Kolmogorov-Smirnov statistic of values that do not repeat, in many bins, is the formula's."""
    rng = np.random.default_rng(0)
    pairs = [(rng.multinomial(2000, [0.01] * 100) * 1.0, rng.multinomial(500, [0.01] * 100) * 1.0) for _ in range(300)]
    found = np.mean([kolmogorov_smirnov(*pair) for pair in pairs])
    assert found == pytest.approx(expected_gap(*pairs[0]), rel=0.1)


def test_draws_scatter_as_samples_do():
    """The ends of the scatter of a changed category are those of samples that are really drawn, within a fifth."""
    rng = np.random.default_rng(0)
    before, now = np.array(SHARES), np.array([0.3, 0.3, 0.2, 0.2])
    drawn = np.array(
        [total_variation(rng.multinomial(2000, before) * 1.0, rng.multinomial(500, now) * 1.0) for _ in range(2000)]
    )
    low, high = scatter(total_variation, 2000 * before, 500 * now)
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975]) - drawn.mean()), rel=0.2)
