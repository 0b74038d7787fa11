"""p-values: SciPy's where it has them, uniform under no change."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from keepfit.monitoring.distances import kolmogorov_smirnov
from keepfit.monitoring.significance import chi_square_p, kolmogorov_smirnov_p, missing_p, unseen_p
from keepfit.profiles import CategoryProfile
from keepfit.profiles.column import number_profile


def test_chi_square_is_scipys():
    """Where every cell expects enough, the p-value is SciPy's."""
    first, second = np.array([400.0, 300, 200]), np.array([130.0, 110, 40])
    assert chi_square_p(first, second) == pytest.approx(chi2_contingency(np.stack([first, second])).pvalue)


def test_rare_levels_are_pooled():
    """Many levels of one row each are no finding, and no level at all is none either."""
    rare = np.ones(30)
    assert chi_square_p(np.append(3000, rare), np.append(1000, np.zeros(30))) > 1e-4
    assert chi_square_p(np.array([10.0, 0]), np.array([5.0, 0])) == 1.0


def test_kolmogorov_smirnov_errs_on_the_side_of_no_drift():
    """On bins the p-value is at least about the exact one."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=3000), rng.normal(0.05, 1, size=1000)
    reference = number_profile("x", first, 32)
    window = reference.count(second)
    p = kolmogorov_smirnov_p(kolmogorov_smirnov(reference, window), reference, window)
    assert p >= ks_2samp(first, second, method="asymp").pvalue - 0.01


def test_under_no_change_a_level_is_kept():
    """At a level of 5 % at most about 5 % of unchanged windows are called different."""
    rng = np.random.default_rng(0)
    reference = number_profile("x", rng.normal(size=20_000), 32)
    alarms = 0
    for _ in range(400):
        window = reference.count(rng.normal(size=300))
        alarms += kolmogorov_smirnov_p(kolmogorov_smirnov(reference, window), reference, window) < 0.05
    assert alarms <= 30  # 20 are expected; more than 30 has a chance of 1.5 %


@pytest.mark.parametrize(
    ("counts", "is_found"),
    [((240, 3000, 80, 1000), False), ((240, 3000, 240, 1000), True), ((0, 3000, 0, 1000), False)],
)
def test_a_rate_of_missing_values(counts, is_found):
    """The same rate is no finding, a tripled one is; nothing missing at all is none."""
    assert (missing_p(*counts) < 1e-6) == is_found


def test_missing_values_that_never_were_are_found():
    """Ten missing values where three thousand rows had none are no chance, rare as they are."""
    assert missing_p(0, 3000, 10, 1000) < 1e-5


@pytest.mark.parametrize(("unseen", "is_found"), [(0, False), (1, False), (12, True)])
def test_categories_never_seen_before(unseen, is_found):
    """By Good-Turing, where one label occurred once, one new value is chance and a dozen are not."""
    reference = CategoryProfile("c", ("a", "b", "once"), (2000, 999, 1), 0, 0)
    window = CategoryProfile("c", ("a", "b", "once"), (600, 400 - unseen, 0), unseen, 0)
    assert (unseen_p(reference, window) < 1e-6) == is_found
