"""The target: two classes of one column."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import Target, build_target
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome


def target_of(values, dtype=None, **keys) -> Target:
    frame = pl.DataFrame({"Status": pl.Series(values, dtype=dtype)})
    return build_target(frame, DataSection(source="mine.csv", **{"target": "Status", **keys}))


def told(values, **keys) -> tuple[str, str, str]:
    """Return where, what and hint of the refusal."""
    with pytest.raises(DatasetError) as caught:
        target_of(values, **keys)
    return caught.value.where, caught.value.what, caught.value.hint


WHERE = 'keepfit.toml: [data] target = "Status"'


@given(st.lists(st.sampled_from(["good", "bad", None]), max_size=60), st.sampled_from([None, "good", "bad"]))
def test_codes_are_the_labels(drawn, positive):
    """Every row with a label has the code of its class, in order; the others are known to have none."""
    values = ["good", "bad"] * 10 + drawn
    target = target_of(values, positive=positive)
    assert target.known.tolist() == [value is not None for value in values]
    assert [target.outcome.labels[code] for code in target.codes] == [value for value in values if value is not None]
    assert target.outcome.positive == (positive or "good")
    assert target.codes.dtype == np.int8
    assert target.known.dtype == np.bool_


@pytest.mark.parametrize(
    ("values", "dtype", "labels"),
    [
        ([0, 1], pl.Int64, ("0", "1")),
        ([0.0, 1.0], pl.Float64, ("0", "1")),
        ([1.5, 2.0], pl.Float64, ("1.5", "2")),
        ([False, True], pl.Boolean, ("false", "true")),
        (["no", "yes"], pl.String, ("no", "yes")),
        (["no", "yes"], pl.Categorical, ("no", "yes")),
    ],
)
def test_a_class_is_a_text(values, dtype, labels):
    """Numbers, flags and categories become the text that names the class; the later one is positive."""
    target = target_of(values * 10, dtype)
    assert target.outcome == Outcome("Status", *labels)
    assert target.codes.tolist() == [0, 1] * 10


def test_not_a_number_is_no_class():
    """NaN is a missing target."""
    target = target_of([0.0, 1.0] * 10 + [float("nan"), None])
    assert target.known.tolist() == [True] * 20 + [False] * 2
    assert len(target.codes) == 20


def test_an_absent_target_is_told():
    """A target that is no column is told with the nearest one."""
    assert told(["a", "b"], target="Stauts") == (
        'keepfit.toml: [data] target = "Stauts"',
        "no such column in mine.csv",
        'did you mean "Status"?',
    )


def test_a_target_that_is_nearly_nowhere_is_told():
    """A target may be missing in 95 of 100 rows, not in more."""
    known = ["good", "bad"] * 10
    assert len(target_of(known + [None] * 380).codes) == 20
    assert told(known + [None] * 381) == (
        WHERE,
        "381 of 401 values are missing",
        "choose a column that is known for most rows",
    )


@pytest.mark.parametrize("values", [[None] * 20, [float("nan")] * 20])
def test_a_target_that_is_nowhere_is_told(values):
    """A target without any value is told by its missing ones."""
    assert told(values) == (WHERE, "20 of 20 values are missing", "choose a column that is known for most rows")


def test_one_class_is_told():
    """One class is nothing to predict."""
    assert told(["good"] * 20) == (
        WHERE,
        'has one class only, "good"',
        "there is nothing to predict; bring rows of both",
    )


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        ("cab", "has 3 classes (a, b, c); two are supported"),
        ("abcdef", "has 6 classes (a, b, c, d, e, f); two are supported"),
        ("abcdefg", "has 7 classes (a, b, c, d, e, f, …); two are supported"),
    ],
)
def test_more_classes_are_told(classes, said):
    """More than two classes are told, at most six of them by name."""
    assert told(list(classes) * 10) == (WHERE, said, "make it yes or no first")


def test_a_number_of_many_values_names_the_limit():
    """A target that is a number may be made two classes."""
    assert told([1, 2, 3] * 10)[2] == "set [data] positive_above to make two of it"


def test_a_table_that_is_cut_wrong_is_told():
    """A single column whose name has a mark in it looks like several."""
    with pytest.raises(DatasetError) as caught:
        build_target(pl.DataFrame({"a:b:y": ["1:2:0"]}), DataSection(source="mine.csv", target="y"))
    assert caught.value.what == 'no such column in mine.csv, whose one column is "a:b:y"'
    assert caught.value.hint == 'is it separated by ":"? then set [data] separator'


def test_a_rare_class_is_told():
    """Ten rows of a class are enough, nine are too few."""
    assert target_of(["good"] * 90 + ["bad"] * 10).codes.sum() == 90
    assert told(["good"] * 91 + ["bad"] * 9) == (
        WHERE,
        'the class "bad" has 9 rows; at least 10 are needed',
        "bring more rows of it",
    )


@pytest.mark.parametrize(("positive", "hint"), [("Good", 'did you mean "good"?'), ("1", "accepted: bad, good")])
def test_a_positive_class_that_is_none_is_told(positive, hint):
    """A positive class that no row has is told with the nearest one, or with both."""
    assert told(["good", "bad"] * 10, positive=positive) == (
        f'keepfit.toml: [data] positive = "{positive}"',
        "is not a class of the target",
        hint,
    )


def test_a_number_has_two_classes_by_a_limit():
    """What is above the limit is positive; the limit itself is not; missing stays missing."""
    frame = pl.DataFrame({"quality": [3, 6, 7, 8, None] * 10})
    target = build_target(frame, DataSection(source="wine.csv", target="quality", positive_above=6))
    assert target.outcome.labels == ("up to 6", "above 6")
    assert target.codes.tolist() == [0, 0, 1, 1] * 10
    assert target.known.tolist() == [True, True, True, True, False] * 10


def test_a_limit_of_words_is_told():
    """Only numbers are above anything."""
    frame = pl.DataFrame({"Status": ["good", "bad"] * 20})
    with pytest.raises(DatasetError, match=r"which has no values above 6\.5; leave .* out"):
        build_target(frame, DataSection(source="t.csv", target="Status", positive_above=6.5))
