"""Profiles: counting, merging, keeping."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.errors import MonitoringError
from keepfit.profiles import Profile, build_profile, count_window, merge
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
    outputs = [(output.score.counts, output.labelled, output.positives) for output in profile.outputs]
    return [profile.rows, *outputs, *((column.levels, column.missing) for column in profile.columns)]


@given(tables, tables)
def test_two_windows_add_up(reference, first, second):
    """The profiles of two windows, merged, are the profile of both together."""
    scores, cut = scores_of(np.concatenate([first, second])), len(first)
    labels = np.arange(len(scores), dtype=np.int8) % 3 - 1
    whole = count_window(reference, np.concatenate([first, second]), scores, labels)
    merged = merge(
        count_window(reference, first, scores[:cut], labels[:cut]),
        count_window(reference, second, scores[cut:], labels[cut:]),
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


def test_several_outputs_have_a_profile_each():
    """Of a model with three targets: scores and labels of each, in its own bins."""
    rng = np.random.default_rng(0)
    matrix, scores = np.zeros((300, 3), dtype=np.float32), rng.random((300, 3))
    labels = (scores > 0.5).astype(np.int8)
    profile = build_profile(SIGNATURE, matrix, scores, labels=labels, outputs=["a", "b", "c"], thresholds=[0.5] * 3)
    assert [output.score.name for output in profile.outputs] == [f"probability of {name}" for name in "abc"]
    assert [output.rate for output in profile.outputs] == labels.mean(axis=0).tolist()
    assert counted(count_window(profile, matrix, scores, labels)) == counted(profile)


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
    with pytest.raises(MonitoringError, match=r"w\.json: it is no profile"):
        Profile.from_dict({"format": 2}, where="w.json")


def test_a_profile_of_another_version_is_told():
    """One that was written by another version of Keepfit names both formats."""
    with pytest.raises(MonitoringError, match="is of format 1, this version reads 2"):
        Profile.from_dict({"rows": 1, "score": {}})


def test_bins_have_a_name(reference):
    """Profiles that were counted along one reference share it, others do not."""
    nothing = count_window(reference, np.empty((0, 3), dtype=np.float32), np.empty(0))
    other = build_profile(SIGNATURE, np.ones((5, 3), dtype=np.float32), np.zeros(5))
    assert reference.bins == nothing.bins
    assert reference.bins == Profile.from_dict(json.loads(json.dumps(reference.to_dict()))).bins
    assert reference.bins != other.bins


def test_a_column_is_left_out(reference):
    """The others and the outputs are as they were."""
    left = reference.without({reference.columns[1].name, "nothing"})
    assert left.columns == (reference.columns[0], *reference.columns[2:])
    assert (left.rows, left.outputs) == (reference.rows, reference.outputs)
