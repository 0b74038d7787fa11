"""Chance: SciPy's tail, and Holm's correction."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency, fisher_exact, kstwo

from keepfit.chance import chi_square_tail, fisher_p, holm, kolmogorov_tail, pearson_p


@given(st.floats(0, 1500), st.integers(1, 80))
def test_the_tail_is_scipys(statistic, degrees):
    """Whatever the degrees of freedom, odd or even, far out too."""
    assert chi_square_tail(statistic, degrees) == pytest.approx(chi2.sf(statistic, degrees), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("statistic", "degrees"), [(0.0, 3), (5.0, 0), (float("nan"), 1)])
def test_nothing_to_compare_is_chance(statistic, degrees):
    """No difference, no degree of freedom, no number: nothing is told from chance."""
    assert chi_square_tail(statistic, degrees) == 1.0


@pytest.mark.parametrize(
    "table", [[[30.0, 10], [20, 40]], [[30.0, 10], [20, 40], [7, 30]], [[30.0, 10, 0], [20, 40, 0]]]
)
def test_pearsons_test_is_scipys(table):
    """Where every cell expects enough; a group without rows is none."""
    table = np.array(table)
    expected = chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False).pvalue
    assert pearson_p(table) == pytest.approx(expected)


def test_rare_levels_are_pooled():
    """Levels of a row or two, be they all of one group, are no finding; one level is compared with nothing."""
    rare = np.stack([np.zeros(30), np.ones(30)], axis=1)
    assert pearson_p(np.vstack([[[3000.0, 1000]], rare[:5]])) > 0.05
    assert pearson_p(np.array([[23.0, 0], [0, 1]])) == 1.0
    assert pearson_p(np.array([[9.0, 9]])) == 1.0
    assert pearson_p(np.zeros((2, 2))) == 1.0


@given(st.floats(0, 0.4), st.integers(20, 3000), st.integers(20, 3000))
def test_the_tail_of_kolmogorov_is_scipys(distance, rows, other_rows):
    """Of the exact statistic for the effective size, closely, and to a half where the tail is thin."""
    exact = kstwo.sf(distance, max(round(rows * other_rows / (rows + other_rows)), 1))
    assert kolmogorov_tail(distance, rows, other_rows) == pytest.approx(exact, abs=0.015, rel=0.5)


def test_the_tail_of_kolmogorov_is_the_papers():
    """The 5 % point of the limiting distribution is 1.358, the 1 % point 1.628 (Smirnov's table)."""
    for point, level in ((1.358, 0.05), (1.628, 0.01)):
        assert kolmogorov_tail(point / np.sqrt(5e9), 1e10, 1e10) == pytest.approx(level, rel=5e-3)


@given(st.integers(0, 40), st.integers(0, 2000), st.integers(0, 40), st.integers(0, 2000))
def test_fishers_test_is_scipys(hits, misses, other_hits, other_misses):
    """Two-sided, of rates that are rare."""
    exact = fisher_exact([[hits, misses], [other_hits, other_misses]]).pvalue
    assert fisher_p(hits, hits + misses, other_hits, other_hits + other_misses) == pytest.approx(exact, rel=1e-6)


def test_holm_is_the_papers():
    """0.01, 0.04, 0.03 become 0.03, 0.06, 0.06."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_and_keeps_the_order(values):
    """An adjusted p-value is at least the raw one, at most 1, and as they are ordered."""
    adjusted = holm(values)
    assert all(raw <= new <= 1 for raw, new in zip(values, adjusted, strict=True))
    order = np.argsort(values, kind="stable")
    assert list(np.array(adjusted)[order]) == sorted(adjusted)


def test_no_statistics_library_comes_along():
    """Exploring works without the libraries of training."""
    code = "import sys, keepfit.chance; print('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"
