"""Effects: less chance, and with an interval that keeps its word."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
from scipy.stats import norm

from keepfit.monitoring.effects import MEASURES, NORMED_WASSERSTEIN, distances, effect_of
from keepfit.profiles import CategoryProfile
from keepfit.profiles.category import category_profile
from keepfit.profiles.number import number_profile
from keepfit.project.monitoring_section import CategoryMeasure, NumberMeasure


def numbers(shift, sizes, seed):
    rng = np.random.default_rng(seed)
    reference = number_profile("x", rng.normal(size=sizes[0]))
    return reference, reference.count(rng.normal(shift, 1, sizes[1]))


def categories(shares, sizes, seed):
    rng = np.random.default_rng(seed)
    before = np.full(len(shares), 1 / len(shares))
    values = rng.choice(len(shares), sizes[0], p=before).astype(np.float32)
    reference = category_profile("c", tuple("abcdefgh"[: len(shares)]), values)
    return reference, reference.count(rng.choice(len(shares), sizes[1], p=shares).astype(np.float32))


@pytest.mark.parametrize("measure", MEASURES)
def test_unchanged_numbers_have_hardly_an_effect(measure):
    """Less chance, the mean effect of unchanged windows is a fraction of the raw distance."""
    effects = [effect_of(measure, *numbers(0, (5000, 500), seed)) for seed in range(60)]
    assert np.mean([effect.size for effect in effects]) < 0.5 * np.mean([effect.raw for effect in effects])


@pytest.mark.parametrize("shift", [0.25, 1.0])
def test_the_interval_of_a_moved_mean_covers_it(shift):
    """The Wasserstein distance of two normals of one spread is the shift: 95 % of intervals hold it, or more."""
    effects = [effect_of(NORMED_WASSERSTEIN, *numbers(shift, (5000, 500), seed)) for seed in range(200)]
    assert sum(effect.low <= shift <= effect.high for effect in effects) >= 184  # 190 are expected at least


@pytest.mark.parametrize("measure", ["jensen_shannon", "total_variation"])
def test_the_interval_of_changed_shares_covers_the_change(measure):
    """The distance of the true shares is in 95 % of intervals, or more."""
    before, now = np.full(4, 0.25), np.array([0.4, 0.25, 0.2, 0.15])
    true = {
        "total_variation": 0.15,
        "jensen_shannon": math.sqrt(
            sum((side * np.log(side / ((before + now) / 2))).sum() for side in (before, now)) / 2
        ),
    }[measure]
    effects = [effect_of(measure, *categories(now, (5000, 500), seed)) for seed in range(200)]
    assert sum(effect.low <= true <= effect.high for effect in effects) >= 184


def test_rare_labels_make_no_effect():
    """Two hundred labels of a row each in a window of two hundred are chance, and taken off."""
    rng = np.random.default_rng(0)
    labels = tuple(f"l{number}" for number in range(180))
    reference = category_profile("c", labels, rng.integers(0, 180, 5000).astype(np.float32))
    effect = effect_of("jensen_shannon", reference, reference.count(rng.integers(0, 180, 200).astype(np.float32)))
    assert effect.raw > 0.25
    assert effect.size < 0.1


def test_a_side_without_values_has_no_effect():
    """It is unknown, not nil."""
    reference, _ = numbers(0, (100, 100), 0)
    empty = reference.count(np.full(10, np.nan))
    assert math.isnan(effect_of(NORMED_WASSERSTEIN, reference, empty).size)
    assert distances(reference, empty) == {}


def test_every_distance_is_told():
    """Five of a number, three of a category."""
    assert set(distances(*numbers(0.5, (500, 500), 0))) == set(MEASURES)
    unordered = {"jensen_shannon", "total_variation", "population_stability"}
    assert set(distances(*categories([0.5, 0.5], (500, 500), 0))) == unordered


def test_kolmogorov_smirnov_of_two_normals_is_the_textbooks():
    """Of normals that are d apart it is 2Φ(d/2) - 1."""
    found = distances(*numbers(0.5, (50_000, 50_000), 0))["kolmogorov_smirnov"]
    assert found == pytest.approx(2 * norm.cdf(0.25) - 1, abs=0.01)


def test_a_constant_is_normed_by_the_window():
    """A reference without spread has a distance all the same."""
    reference = number_profile("x", np.full(100, 5.0))
    window = reference.count(np.tile([5.0, 7.0], 50))
    assert distances(reference, window)[NORMED_WASSERSTEIN] == pytest.approx(1.0)
    same = CategoryProfile("c", ("a",), (10,), 0, 0, vocabulary=1)
    assert effect_of("jensen_shannon", same, same.count(np.zeros(5, dtype=np.float32))).size == 0


def test_every_declared_measure_is_known():
    """What the project file may name is what there is."""
    assert set(get_args(NumberMeasure)) == set(MEASURES)
    assert set(get_args(CategoryMeasure)) == set(MEASURES) - {NORMED_WASSERSTEIN, "kolmogorov_smirnov"}
