"""Associations: identities, known values, and what chance alone gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import chi2_contingency, kruskal, spearmanr
from sklearn.metrics import roc_auc_score

from keepfit.exploration.associations import (
    association,
    corrected,
    cramers_v,
    rank_area,
    rank_correlation,
    rank_p,
    ranks_of,
)

tables = hnp.arrays(np.float64, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=st.integers(0, 50).map(float))


@given(tables)
def test_cramers_v_is_a_share_and_symmetric(table):
    """From 0 to 1, whichever column is the rows."""
    assert 0 <= cramers_v(table) <= 1
    assert cramers_v(table) == pytest.approx(cramers_v(table.T))


def test_a_full_association_is_one_and_none_is_zero():
    """A column tells all of itself; shares that are the same everywhere tell nothing."""
    assert cramers_v(np.diag([40.0, 30, 30])) == pytest.approx(1.0)
    assert cramers_v(np.outer([10.0, 20, 30], [2.0, 3, 5])) == 0.0


def test_many_levels_of_noise_are_not_associated():
    """The correction takes away what chance gives to tables of many cells."""
    rng = np.random.default_rng(0)
    found = [cramers_v(np.histogram2d(*rng.integers(0, 20, (2, 500)), bins=20)[0]) for _ in range(50)]
    assert np.mean(found) < 0.06


@pytest.mark.parametrize("rows", [200, 1000])
@pytest.mark.parametrize(
    "shares",
    [
        [[0.3, 0.1], [0.2, 0.4]],
        [[0.25, 0.25], [0.25, 0.25]],
        [[0.09, 0.01], [0.18, 0.02], [0.6, 0.1]],
        [[0.1 - at / 200, 0.1 + at / 200] for at in range(-2, 3)],
        [[0.045, 0.005]] * 20,
    ],
    ids=["strong", "none", "rare", "weak", "noise of many levels"],
)
def test_an_interval_covers_the_truth(shares, rows):
    """Of the intervals of many samples about ninety-five of a hundred hold the population's value."""
    rng = np.random.default_rng(0)
    shares = np.array(shares)
    truth = cramers_v(shares * 1e12)
    draws = (rng.multinomial(rows, shares.ravel()).reshape(shares.shape).astype(float) for _ in range(400))
    covered = [found.low <= truth <= found.high for found in map(association, draws)]
    assert 0.92 <= np.mean(covered) <= 1


@given(tables)
def test_an_interval_holds_its_value(table):
    """From nothing to a full association, of any table."""
    found = association(table)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert 0 <= found.p_value <= 1


def test_noise_is_seldom_taken_for_an_association():
    """Tables of noise seldom reach a fixed level, however many cells they have."""
    rng = np.random.default_rng(0)
    found = [
        association(rng.multinomial(1000, np.full(2 * levels, 0.5 / levels)).reshape(levels, 2).astype(float))
        for levels in (2, 5, 10, 30)
        for _ in range(200)
    ]
    assert np.mean([one.low > 0.05 for one in found]) < 0.02
    assert 0.03 < np.mean([one.p_value < 0.05 for one in found]) < 0.07


def test_the_p_value_is_scipys():
    """Pearson's test without Yates's correction."""
    table = np.array([[30.0, 10], [20, 40], [17, 13]])
    assert association(table).p_value == pytest.approx(chi2_contingency(table, correction=False).pvalue)


def test_what_is_tested_at_once_is_corrected():
    """Holm: the smallest of two is doubled, estimates stay."""
    first, second = corrected([association(np.diag([19.0, 19])), association(np.array([[15.0, 14], [14, 15]]))])
    assert first.p_value == pytest.approx(2 * association(np.diag([19.0, 19])).p_value)
    assert (first.value, second.value) == (1.0, 0.0)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4))
def test_the_area_is_scikit_learns(rows):
    """The rank area of a column alone, ties included; the interval holds it."""
    values, labels = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows], np.int8)
    found = rank_area(values, labels)
    if labels.min() == labels.max():
        assert np.isnan(found.value)
    else:
        assert found.value == pytest.approx(roc_auc_score(labels, values))
        assert found.low <= found.value <= found.high


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=5, max_size=30))
def test_groups_are_compared_as_scipy_does(rows):
    """Kruskal and Wallis's test, ties and all; of two groups it is that of the area."""
    values, groups = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows])
    parts = [values[groups == group] for group in np.unique(groups)]
    if len(parts) < 2 or np.ptp(values) == 0:
        return
    ranks = ranks_of(values)
    whole = float(((ranks - ranks.mean()) ** 2).sum())
    between = sum(
        len(part) * (part.mean() - ranks.mean()) ** 2 for part in (ranks[groups == g] for g in np.unique(groups))
    )
    expected = kruskal(*parts).pvalue
    assert rank_p(between, whole, len(values), len(parts) - 1) == pytest.approx(expected)
    if len(parts) == 2:
        assert rank_area(values, (groups == groups.max()).astype(np.int8)).p_value == pytest.approx(expected)


def test_a_number_of_one_class_has_no_area():
    """A number that is known for one class only is compared with nothing."""
    found = rank_area(np.array([1.0, 2, np.nan, np.nan]), np.array([1, 1, 0, 0], np.int8))
    assert np.isnan(found.value)
    assert found.p_value == 1


def test_the_correlation_is_scipys():
    """Spearman's, with missing values left out and an interval around it."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=300)
    second = first + rng.normal(size=300)
    first[:20] = np.nan
    found = rank_correlation(first, second)
    assert found.value == pytest.approx(spearmanr(first[20:], second[20:]).statistic)
    assert 0 < found.low < found.value < found.high < 1
    assert found.p_value < 1e-10


def test_chance_correlates_as_often_as_it_may():
    """One pair of twenty independent ones is below 0.05."""
    rng = np.random.default_rng(0)
    found = [rank_correlation(*rng.normal(size=(2, 40))).p_value < 0.05 for _ in range(1000)]
    assert 0.03 < np.mean(found) < 0.07
