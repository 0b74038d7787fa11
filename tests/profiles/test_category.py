"""Counts of a category, whatever the size of its vocabulary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from keepfit.profiles.category import MOST_LABELS, CategoryProfile, category_profile
from keepfit.profiles.column import column_from_dict

LARGE = tuple(f"town {number}" for number in range(5000))


def towns(seed, count=2000):
    rng = np.random.default_rng(seed)
    return np.minimum(rng.geometric(0.002, count), len(LARGE)).astype(np.float32)


def test_unseen_and_missing_are_kept_apart():
    """A code after the vocabulary is unseen, NaN is missing."""
    reference = category_profile("c", ("a", "b"), np.array([0, 1, 1], dtype=np.float32))
    window = reference.count(np.array([2, np.nan, 1, 7], dtype=np.float32))
    assert window == CategoryProfile("c", ("a", "b"), (0, 1), 2, 1, vocabulary=2)
    assert (reference.seen_once, window.known, window.rows) == (1, 3, 4)


def test_a_large_vocabulary_is_bounded():
    """The hundred most frequent labels are counted by name, all others in 64 buckets; codes are kept."""
    values = towns(0)
    column = category_profile("town", LARGE, values)
    assert (len(column.labels), len(column.buckets), column.vocabulary) == (100, 64, 5000)
    most = int(np.bincount(values.astype(int)).argmax())
    assert column.code(int(np.argmax(column.counts))) == most
    assert column.labels[column.codes.index(most)] == LARGE[most]
    assert column.known == len(values)
    assert column.seen_once == (np.bincount(values.astype(int)) == 1).sum()


def test_buckets_are_about_equally_full():
    """Of labels that are equally frequent no bucket holds twice its share."""
    column = category_profile("town", LARGE, np.arange(5000, dtype=np.float32))
    assert max(column.buckets) <= 2 * sum(column.buckets) / 64


@given(st.integers(0, 2**32), st.integers(0, 2000))
def test_large_vocabularies_add_up(seed, cut):
    """Two windows, merged, are both together."""
    reference, values = category_profile("town", LARGE, towns(0)), towns(seed)
    assert reference.count(values[:cut]).merged(reference.count(values[cut:])) == reference.count(values)


def test_up_to_two_hundred_labels_are_counted_one_by_one():
    """The largest vocabulary without buckets survives JSON's lists, and so does one with them."""
    for labels in (LARGE[:MOST_LABELS], LARGE):
        column = category_profile("c", labels, np.arange(MOST_LABELS, dtype=np.float32))
        assert bool(column.buckets) == (len(labels) > MOST_LABELS)
        facts = {name: list(value) if isinstance(value, tuple) else value for name, value in column.to_dict().items()}
        assert column_from_dict(facts) == column


@given(st.integers(0, 2**32))
def test_values_with_their_numbers_of_rows_are_those_rows(seed):
    """What a database has counted is what would have been read from it; missing values too."""
    values = towns(seed, 300)
    values[::7] = np.nan
    distinct, times = np.unique(values, return_counts=True)
    for labels in (LARGE, LARGE[:100]):
        reference = category_profile("town", labels, towns(0))
        assert reference.count(distinct, times) == reference.count(values)
