"""p-values: SciPy's where it has them, uniform under no change."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from keepfit.monitoring.significance import distribution_p, missing_p, unseen_chance, unseen_p
from keepfit.profiles import CategoryProfile
from keepfit.profiles.number import number_profile


def category(counts, unseen=0, missing=0, seen_once=0):
    labels = tuple(f"l{at}" for at in range(len(counts)))
    return CategoryProfile("c", labels, tuple(counts), unseen, missing, seen_once, vocabulary=len(counts))


def test_chi_square_is_scipys():
    """Where every cell expects enough, the p-value is SciPy's."""
    first, second = (400, 300, 200), (130, 110, 40)
    expected = chi2_contingency(np.array([first, second])).pvalue
    assert distribution_p(category(first), category(second)) == pytest.approx(expected)


def test_rare_levels_are_pooled():
    """Many levels of one row each are no finding, and no level at all is none either."""
    rare, none = (1,) * 30, (0,) * 30
    assert distribution_p(category((3000, *rare)), category((1000, *none))) > 1e-4
    assert distribution_p(category((10, 0)), category((5, 0))) == 1.0
    assert distribution_p(category((10, 0)), category((0, 0))) == 1.0


def test_kolmogorov_smirnov_errs_on_the_side_of_no_drift():
    """On bins the p-value is at least about the exact one."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=3000), rng.normal(0.05, 1, size=1000)
    reference = number_profile("x", first)
    p = distribution_p(reference, reference.count(second))
    assert p >= ks_2samp(first, second, method="asymp").pvalue - 0.01


def test_under_no_change_a_level_is_kept():
    """At a level of 5 % at most about 5 % of unchanged windows are called different."""
    rng = np.random.default_rng(0)
    reference = number_profile("x", rng.normal(size=20_000))
    alarms = sum(distribution_p(reference, reference.count(rng.normal(size=300))) < 0.05 for _ in range(400))
    assert alarms <= 30  # 20 are expected; more than 30 has a chance of 1.5 %


@pytest.mark.parametrize(
    ("counts", "is_found"),
    [((240, 3000, 80, 1000), False), ((240, 3000, 240, 1000), True), ((0, 3000, 0, 1000), False)],
)
def test_a_rate_of_missing_values(counts, is_found):
    """The same rate is no finding, a tripled one is; nothing missing at all is none."""
    before, rows, now, window_rows = counts
    sides = category((rows - before,), missing=before), category((window_rows - now,), missing=now)
    assert (missing_p(*sides) < 1e-6) == is_found


def test_missing_values_that_never_were_are_found():
    """Ten missing values where three thousand rows had none are no chance, rare as they are."""
    assert missing_p(category((3000,)), category((990,), missing=10)) < 1e-5
    assert missing_p(category((3000,)), category(())) == 1.0


@pytest.mark.parametrize(("unseen", "is_found"), [(0, False), (1, False), (12, True)])
def test_categories_never_seen_before(unseen, is_found):
    """By Good-Turing, where one label occurred once, one new value is chance and a dozen are not."""
    reference = category((2000, 999, 1), seen_once=1)
    window = category((600, 400 - unseen, 0), unseen)
    assert (unseen_p(reference, window) < 1e-6) == is_found
    assert unseen_chance(reference) == 1 / 3000


def test_a_reference_with_unseen_values_is_compared_by_their_rate():
    """A window as reference has some itself: as many are no finding, three times as many are."""
    reference = category((2900,), unseen=100)
    assert unseen_p(reference, category((967,), unseen=33)) > 0.5
    assert unseen_p(reference, category((900,), unseen=100)) < 1e-6
