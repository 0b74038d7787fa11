"""A column as levels."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import describe_columns
from keepfit.exploration.associations import contingency
from keepfit.exploration.levels import coded
from keepfit.project.data_section import DataSection
from keepfit.signature import Kind


def column(values, **keys):
    series = pl.Series("x", values)
    (facts,) = describe_columns(pl.DataFrame([series]), DataSection(source="mine.csv", target="y", **keys))
    return coded(series, facts)


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
    assert found.labels[:3] == ("1", "2", "3")
    assert found.labels[3].startswith("4 to ")


def test_what_has_no_levels_is_left_out():
    """A constant and an identifier are no columns to associate."""
    assert column(["a"] * 100) is None
    assert column([f"customer {number}" for number in range(100)]) is None


def test_rare_categories_are_one_level():
    """What is beyond the thirty most frequent values of a category is one level, and no value of its own."""
    found = column([f"c{number}" for number in range(40) for _ in range(3)])
    assert (len(found.labels), found.labels[-1], found.has_rest) == (31, "10 rarer ones", True)
    assert contingency(found, found).sum() == 120
    assert not column(["a", "b"]).has_rest


def test_a_category_of_many_numbers_has_the_most_frequent_in_order():
    """A number that is declared a category has its values as levels, not ranges; not more of them than a text has."""
    found = column([*range(100), *range(20, 50)] * 2, kinds={"x": Kind.CATEGORY})
    assert found.labels == (*map(str, range(20, 50)), "70 rarer ones")


def test_years_are_written_as_years():
    """Other numbers have their thousands."""
    assert column(list(range(1900, 2000)) * 2).labels[0] == "up to 1909"
    assert column([at * 1000 for at in range(100)] * 2).labels[:2] == ("up to 9,000", "10,000 to 19,000")


@given(st.lists(st.none() | st.floats(-1e6, 1e6) | st.integers(0, 3).map(float), min_size=1, max_size=200))
def test_every_value_has_a_level(values):
    """Whatever the values, each known one has a level with a name, and each level has a row."""
    found = column(pl.Series("x", values, dtype=pl.Float64))
    if found is None:
        assert len({value for value in values if value is not None}) < 2 or len(values) >= 50
        return
    assert (found.codes == -1).tolist() == [value is None for value in values]
    assert sorted(set(found.codes[found.codes >= 0])) == list(range(len(found.labels)))
    assert len(set(found.labels)) == len(found.labels)
