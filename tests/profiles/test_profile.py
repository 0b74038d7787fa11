"""Profiles: counting, merging, keeping."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.errors import MonitoringError
from keepfit.profiles import CategoryProfile, NumberProfile, Profile, build_profile, count_window, merge
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (Column("x", Kind.NUMBER), Column("c", Kind.CATEGORY, categories=("a", "b")), Column("f", Kind.FLAG)),
    Outcome("y", "no", "yes"),
)
cells = st.tuples(
    st.one_of(st.just(np.nan), st.floats(-1000, 1000, width=32)),
    st.sampled_from([np.nan, 0.0, 1.0, 2.0]),
    st.sampled_from([np.nan, 0.0, 1.0]),
)
tables = st.lists(cells, max_size=30).map(lambda rows: np.array(rows, dtype=np.float32).reshape(len(rows), 3))


def scores_of(matrix):
    return np.linspace(0, 1, len(matrix)) if len(matrix) else np.empty(0)


@pytest.fixture(scope="module")
def reference():
    rng = np.random.default_rng(0)
    matrix = np.column_stack([rng.normal(size=500), rng.integers(0, 2, 500), rng.integers(0, 2, 500)])
    return build_profile(SIGNATURE, matrix.astype(np.float32), rng.random(500))


def counted(profile: Profile):
    return [profile.rows, *((column.counts, column.missing) for column in (*profile.columns, profile.score))]


@given(tables, tables)
def test_two_windows_add_up(reference, first, second):
    """The profiles of two windows, merged, are the profile of both together."""
    scores = scores_of(np.concatenate([first, second]))
    whole = count_window(reference, np.concatenate([first, second]), scores)
    merged = merge(
        count_window(reference, first, scores[: len(first)]), count_window(reference, second, scores[len(first) :])
    )
    assert counted(merged) == counted(whole)
    np.testing.assert_allclose(merged.columns[0].sums, whole.columns[0].sums, rtol=1e-9, atol=1e-6)
    assert (merged.columns[0].minimum, merged.columns[0].maximum) == (
        whole.columns[0].minimum,
        whole.columns[0].maximum,
    )


@given(tables)
def test_every_row_is_counted_once(reference, matrix):
    """In every column the known, unseen and missing rows are all rows."""
    window = count_window(reference, matrix, scores_of(matrix))
    for column in window.columns:
        assert column.known + column.missing == len(matrix)


@given(tables)
def test_a_profile_survives_json(reference, matrix):
    """A profile read back from its file is the same."""
    window = count_window(reference, matrix, scores_of(matrix))
    assert Profile.from_dict(json.loads(json.dumps(window.to_dict()))) == window


def test_the_moments_are_those_of_the_values():
    """Mean and deviation are exact, whatever the bins."""
    values = np.random.default_rng(1).lognormal(size=1000).astype(np.float32)
    matrix = np.column_stack([values, np.zeros(1000), np.zeros(1000)]).astype(np.float32)
    column = build_profile(SIGNATURE, matrix, np.zeros(1000)).columns[0]
    assert isinstance(column, NumberProfile)
    assert column.mean == pytest.approx(values.mean(dtype=np.float64))
    assert column.deviation == pytest.approx(values.std(dtype=np.float64))


def test_bins_hold_about_equal_counts(reference):
    """Reference bins of a continuous number hold about as many rows each."""
    counts = reference.columns[0].counts
    assert len(counts) == 32
    assert max(counts) <= 17


def test_unseen_and_missing_are_kept_apart(reference):
    """A code after the vocabulary is unseen, NaN is missing."""
    matrix = np.array([[0, 2, 1], [0, np.nan, 0], [0, 1, 1]], dtype=np.float32)
    column = count_window(reference, matrix, np.zeros(3)).columns[1]
    assert column == CategoryProfile("c", ("a", "b"), (0, 1), 1, 1)


def test_other_columns_are_refused(reference):
    """A window of another signature is an error in words."""
    with pytest.raises(MonitoringError, match="do not fit 3 columns"):
        count_window(reference, np.zeros((2, 4), dtype=np.float32), np.zeros(2))


def test_other_bins_do_not_add_up(reference):
    """Profiles of different references are not merged."""
    other = build_profile(SIGNATURE, np.ones((5, 3), dtype=np.float32), np.zeros(5))
    with pytest.raises(MonitoringError, match="other bins"):
        merge(reference, other)


def test_what_is_no_profile_is_told():
    """A file of something else is refused."""
    with pytest.raises(MonitoringError, match="it is no profile"):
        Profile.from_dict({"rows": 1})


def test_a_column_is_left_out(reference):
    """The others and the score are as they were."""
    left = reference.without({reference.columns[1].name, "nothing"})
    assert left.columns == (reference.columns[0], *reference.columns[2:])
    assert (left.rows, left.score) == (reference.rows, reference.score)
