"""The bins that Prometheus counts in are those of the reference profile."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.monitoring.distances import population_stability
from keepfit.monitoring.effects import distances
from keepfit.monitoring.live_profile import LiveProfile
from keepfit.profiles import MISSING, build_profile, count_window
from keepfit.profiles.coarse import OTHERS, UNSEEN
from keepfit.signature import Column, Kind, Outcome, Signature

MANY = tuple(f"c{number:03d}" for number in range(120))
SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER, minimum=18, maximum=68),
        Column("job", Kind.CATEGORY, categories=("fixed", "other")),
        Column("town", Kind.CATEGORY, categories=MANY),
        Column("since", Kind.DATE, minimum=0, maximum=9999),
    ),
    Outcome("Status", "bad", "good"),
)


def rows(seed: int, count: int = 500):
    """Return rows as from the door, some values missing or unseen, and scores."""
    rng = np.random.default_rng(seed)
    columns = [rng.integers(18, 69, count), rng.integers(0, 3, count)]
    columns += [np.minimum(rng.geometric(0.04, count), 121), rng.integers(0, 20_000, count)]
    matrix = np.column_stack(columns).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    return matrix, rng.random(count)


@pytest.fixture(scope="module")
def reference():
    return build_profile(SIGNATURE, *rows(0))


def test_bins_have_names_that_people_read(reference):
    """Upper edges, dates as dates, labels; what is missing is the last bin of each, and names are different."""
    live = LiveProfile(reference)
    age, job, town, since = live.columns
    assert (int(age.bins[0]) in range(21, 26), len(age.bins), age.bins[-2:]) == (True, 11, ("+Inf", MISSING))
    assert job.bins == ("fixed", "other", UNSEEN, MISSING)
    assert (len(town.bins), town.bins[-3:]) == (23, (OTHERS, UNSEEN, MISSING))
    assert since.bins[0].startswith("197")
    assert all(len(set(column.bins)) == len(column.bins) for column in (*live.columns, live.score))


def test_the_reference_shares_are_whole(reference):
    """Those of known values add up to 1, whatever is pooled; the missing one is of all rows."""
    live = LiveProfile(reference)
    for column, profile in zip(
        (*live.columns, live.score), (*reference.columns, reference.outputs[0].score), strict=True
    ):
        assert sum(column.ratios[:-1]) == pytest.approx(1)
        assert column.ratios[-1] == profile.missing / reference.rows


@given(seed=st.integers(0, 2**32), cut=st.integers(0, 500))
def test_counts_add_up_however_rows_come(reference, seed, cut):
    """In two parts or at once; and to the rows that came."""
    matrix, scores = rows(seed)
    live = LiveProfile(reference)
    whole = list(live.by_bin(live.count(matrix, scores)))
    halves = [live.count(matrix[some], scores[some]) for some in (slice(cut), slice(cut, None))]
    parts = zip(*map(live.by_bin, halves), strict=True)
    assert [one.tolist() for one in whole] == [(first + second).tolist() for first, second in parts]
    assert {int(one.sum()) for one in whole} == {500}


def test_a_psi_of_the_bins_is_the_one_that_a_check_tells(reference):
    """Of every column, and of the score."""
    matrix, scores = rows(7)
    live, counted = LiveProfile(reference), count_window(reference, matrix, scores)
    pairs = [*zip(reference.columns, counted.columns, strict=True)]
    pairs.append((reference.outputs[0].score, counted.outputs[0].score))
    by_bin = live.by_bin(live.count(matrix, scores))
    for column, counts, (old, new) in zip((*live.columns, live.score), by_bin, pairs, strict=True):
        told = distances(old, new)["population_stability"]
        assert population_stability(np.array(column.ratios[:-1]), counts[:-1]) == pytest.approx(told)


def test_labels_that_are_called_as_a_bin_is_have_a_bin_of_their_own():
    """A vocabulary may hold the words for missing, unseen and other values."""
    column = Column("answer", Kind.CATEGORY, categories=("yes", "missing", "unseen"))
    signature = Signature((column,), Outcome("Status", "bad", "good"))
    matrix = np.array([[0], [1], [1], [np.nan]], dtype=np.float32)
    live = LiveProfile(build_profile(signature, matrix, np.full(4, 0.5)))
    assert live.columns[0].bins == ("yes", "label missing", "label unseen", UNSEEN, MISSING)
    assert next(live.by_bin(live.count(matrix, np.full(4, 0.5)))).tolist() == [1, 2, 0, 0, 1]


def test_hidden_columns_are_not_told(reference):
    """Neither their bins nor their counts; the others keep their own."""
    matrix, scores = rows(3)
    live, whole = LiveProfile(reference, {"job", "since"}), LiveProfile(reference)
    assert [column.name for column in live.columns] == ["age", "town"]
    told, every = ([one.tolist() for one in two.by_bin(two.count(matrix, scores))] for two in (live, whole))
    assert told == [every[0], every[2], every[4]]
    counted, bins = live.count(matrix, scores), reference.bins
    assert counted.bins == bins
    assert {one.name for one in counted.columns if one.missing == counted.rows} == {"job", "since"}


def test_ignored_columns_are_counted_and_not_told(reference):
    """The profile that adds up has them; the bins that Prometheus makes a PSI of have not."""
    matrix, scores = rows(3)
    live = LiveProfile(reference, ignored={"since"})
    counted = live.count(matrix, scores)
    assert counted == count_window(reference, matrix, scores)
    assert [column.name for column in live.columns] == ["age", "job", "town"]
    assert len(list(live.by_bin(counted))) == len(live.columns) + 1


def test_an_empty_column_of_the_reference_has_shares_of_nothing():
    """A column that was always missing divides by nothing."""
    matrix = np.full((10, 4), np.nan, dtype=np.float32)
    live = LiveProfile(build_profile(SIGNATURE, matrix, np.full(10, 0.5)))
    assert live.columns[0].ratios == (0.0, 1.0)
