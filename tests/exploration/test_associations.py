"""Associations: identities, known values, and what chance alone gives."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from keepfit.datasets.columns import describe_columns
from keepfit.exploration.associations import (
    association,
    coded,
    contingency,
    cramers_v,
    rank_area,
    rank_correlation,
)

tables = hnp.arrays(np.float64, st.tuples(st.integers(2, 6), st.integers(2, 6)), elements=st.integers(0, 50).map(float))


def column(values):
    series = pl.Series("x", values)
    (facts,) = describe_columns(pl.DataFrame([series]))
    return coded(series, facts)


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


def test_an_interval_covers_the_truth():
    """Of a hundred samples about ninety-five intervals hold the population's value."""
    rng = np.random.default_rng(0)
    shares = np.array([[0.3, 0.1], [0.2, 0.4]])
    truth = cramers_v(shares * 1e9)
    draws = [rng.multinomial(600, shares.ravel()).reshape(2, 2).astype(float) for _ in range(100)]
    covered = sum(found.low <= truth <= found.high for found in (association(draw, seed=1) for draw in draws))
    assert covered >= 88


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


def test_the_correlation_is_scipys():
    """Spearman's, with missing values left out and an interval around it."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=300)
    second = first + rng.normal(size=300)
    first[:20] = np.nan
    found = rank_correlation(first, second)
    assert found.value == pytest.approx(spearmanr(first[20:], second[20:]).statistic)
    assert 0 < found.low < found.value < found.high < 1


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([2, 9, 2, 7, None, 30], ("2", "7", "9", "30")),
        (["b", "a", "b", None], ("b", "a")),
        ([True, False, True], ("false", "true")),
    ],
)
def test_few_values_are_their_own_levels(values, labels):
    """Numbers in order, categories by frequency; a missing value has no level."""
    found = column(values)
    assert found.labels == labels
    assert (found.codes == -1).tolist() == [value is None for value in values]


def test_a_number_is_cut_at_its_tenths():
    """Ten levels of about equal size, named by their ranges."""
    found = column(np.random.default_rng(0).normal(size=1000))
    assert len(found.labels) == 10
    assert found.labels[0].startswith("up to ")
    assert found.labels[-1].startswith("above ")
    assert np.bincount(found.codes).tolist() == [100] * 10


def test_levels_of_whole_numbers_are_named_by_their_values():
    """A tenth of one value is that value; of several it is the first and the last."""
    found = column([1] * 40 + [2] * 30 + [3] * 10 + list(range(4, 24)))
    assert found.labels[:3] == ("up to 1", "2", "3")
    assert " to " in found.labels[3]
    assert found.labels[3].startswith("4 to ")


def test_what_has_no_levels_is_left_out():
    """A constant and an identifier are no columns to associate."""
    assert column(["a"] * 100) is None
    assert column([f"customer {number}" for number in range(100)]) is None


def test_rare_categories_are_one_level():
    """Beyond the thirty most frequent ones a category is `others`."""
    found = column([f"c{number}" for number in range(40) for _ in range(3)])
    assert len(found.labels) == 31
    assert found.labels[-1] == "others"
    assert contingency(found, found).sum() == 120
