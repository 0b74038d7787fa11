"""Cleaning: declared once, counted, and the same in the table as in a request."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import ColumnKind, build_target, clean_table, describe_columns, extend_signature
from keepfit.datasets.schema import infer_signature
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.scoring import Door
from keepfit.signature import Outcome

KEYS = {
    "drop": ["id"],
    "drop_reasons": {"id": "a number of the row"},
    "replace": {"job": {"Clerk": "clerk"}},
    "missing": {"job": ["unknown"], "pdays": ["-1"], "rate": ["999"]},
}
jobs = st.sampled_from(["clerk", "Clerk", "boss", "unknown", None])
rows = st.lists(
    st.tuples(jobs, st.sampled_from([-1, 3, 7, None]), st.sampled_from([999.0, 0.5, None])), min_size=1, max_size=20
)
EVERY = [("clerk", -1, 999.0), ("Clerk", 3, 0.5), ("boss", 7, 0.5), ("unknown", None, None)]


def section(**keys) -> DataSection:
    return DataSection(**{"source": "mine.csv", "target": "y", **KEYS, **keys})


def table(cells=()) -> pl.DataFrame:
    """Return a table in which every value occurs."""
    job, pdays, rate = zip(*(EVERY + list(cells)), strict=True)
    frame = pl.DataFrame({"id": range(len(job)), "job": job, "pdays": pdays, "rate": rate})
    return frame.with_columns(pl.Series("y", ["no", "yes"] * len(job)).head(len(job)))


def test_each_step_says_what_it_touched():
    """Dropped columns with their reasons, spellings, words for missing: rows and cells of each."""
    steps = clean_table(table(), section()).steps
    assert [(step.said, step.rows, step.cells) for step in steps] == [
        ("id is dropped: a number of the row", 4, 4),
        ('"Clerk" in job is spelled "clerk"', 1, 1),
        ('"unknown" in job is missing', 1, 1),
        ('"-1" in pdays is missing', 1, 1),
        ('"999" in rate is missing', 1, 1),
    ]


def test_what_is_handed_over_is_clean():
    """Without the dropped column, with the new values."""
    frame = clean_table(table(), section()).handed_over
    assert frame.columns == ["job", "pdays", "rate", "y"]
    assert frame["job"].to_list() == ["clerk", "clerk", "boss", None]
    assert frame["pdays"].to_list() == [None, 3, 7, None]
    assert frame["rate"].to_list() == [None, 0.5, 0.5, None]


def test_repeated_rows_are_left_out_when_declared():
    """The first of them stays."""
    twice = pl.concat([table(), table()[:2]])
    cleaned = clean_table(twice, section(duplicates="drop"))
    assert cleaned.frame.height == 4
    assert cleaned.steps[-1].rows == 2
    assert clean_table(twice, section()).frame.height == 6


def test_a_step_may_find_nothing_in_a_sample():
    """Of a sample the steps say that it is one; a value that none of its rows holds is no mistake."""
    cleaned = clean_table(table()[:1], section(), is_sample=True)
    assert [(step.said, step.cells) for step in cleaned.steps] == [
        ("id is dropped: a number of the row, in a sample of 1 rows", 1),
        ('"Clerk" in job is spelled "clerk", in a sample of 1 rows', 0),
        ('"unknown" in job is missing, in a sample of 1 rows', 0),
        ('"-1" in pdays is missing, in a sample of 1 rows', 1),
        ('"999" in rate is missing, in a sample of 1 rows', 1),
    ]


def test_repeated_rows_of_a_sample_stay():
    """A sample shows few of the rows that repeat one: they are neither counted nor left out."""
    cleaned = clean_table(pl.concat([table(), table()[:2]]), section(duplicates="drop"), is_sample=True)
    assert cleaned.frame.height == 6
    assert not any("repeat" in step.said for step in cleaned.steps)


def test_no_row_is_told():
    """A table without rows has nothing to clean."""
    with pytest.raises(DatasetError, match=r"mine\.csv: no row is left; bring rows"):
        clean_table(table().clear(), section())


def test_rows_that_are_all_the_same_are_told():
    """One row of many is no table; a table of one row is left to those who need more."""
    one = table()[:1]
    keys = DataSection(source="mine.csv", target="y", duplicates="drop")
    with pytest.raises(DatasetError) as caught:
        clean_table(pl.concat([one] * 5), keys)
    assert str(caught.value) == (
        'keepfit.toml: [data] duplicates = "drop": one row is left: all 5 of mine.csv are the same; bring rows that '
        "differ, or keep them"
    )
    assert clean_table(one, keys).frame.height == 1


def test_a_target_without_a_value_is_told():
    """A word for missing that every row has leaves nothing to predict."""
    frame = pl.DataFrame({"x": [1, 2, 3], "y": ["?", "?", None]})
    keys = DataSection(source="mine.csv", target="y", missing={"y": ["?"]})
    with pytest.raises(DatasetError) as caught:
        build_target(clean_table(frame, keys).frame, keys)
    assert str(caught.value) == (
        'keepfit.toml: [data] target = "y": 3 of 3 values are missing; choose a column that is known for most rows'
    )


def test_a_column_without_a_value_is_told():
    """A column of which the cleaning leaves nothing is described as empty, and is no feature."""
    frame = pl.DataFrame({"x": ["?", "?", None], "y": ["a", "b", "a"]})
    keys = DataSection(source="mine.csv", target="y", missing={"x": ["?"]})
    cleaned = clean_table(frame, keys).frame
    facts = describe_columns(cleaned)[0]
    assert (facts.kind, facts.missing, facts.oddities) == (ColumnKind.EMPTY, 3, ())
    with pytest.raises(DatasetError) as caught:
        infer_signature(cleaned, keys, RequestSection(), rows=np.arange(3), outcome=Outcome("y", "a", "b"))
    assert str(caught.value) == (
        'mine.csv: column "x": has no value in the training rows; drop it: [data] drop in keepfit.toml'
    )


@given(rows)
def test_a_raw_record_gets_what_the_cleaned_table_gets(cells):
    """The door does to a request what the cleaning does to the table; cleaning twice changes nothing."""
    raw = table(cells)
    cleaned = clean_table(raw, section()).frame
    request = RequestSection(missing="accept", unseen="accept")
    outcome = Outcome("y", "no", "yes")
    door = Door(infer_signature(cleaned, section(), request, rows=np.arange(cleaned.height), outcome=outcome))
    expected = door.table(cleaned)
    np.testing.assert_array_equal(door.table(raw), expected)
    np.testing.assert_array_equal(door.rows(raw.select("job", "pdays", "rate").to_dicts()), expected)


def test_a_word_for_missing_is_learnt_as_no_category():
    """Journal rows hold what was sent: other spellings and words for missing are known already."""
    cleaned = clean_table(table(), section()).frame
    outcome = Outcome("y", "no", "yes")
    signature = infer_signature(cleaned, section(), RequestSection(), rows=np.arange(4), outcome=outcome)
    sent = [{"job": "unknown", "pdays": -1}, {"job": "Clerk", "pdays": 9}, {"job": "pilot", "pdays": None}]
    grown = extend_signature(signature, sent)
    assert grown.columns[0].categories == ("boss", "clerk", "pilot")
    assert (grown.columns[1].minimum, grown.columns[1].maximum) == (3.0, 9.0)


def test_another_spelling_may_be_of_a_word_for_missing():
    """A table of which no cell holds the word itself is cleaned, and the step counts its other spelling."""
    keys = section(replace={"job": {"Clerk": "?"}}, missing={"job": ["?"]})
    cleaned = clean_table(table(), keys)
    assert cleaned.frame["job"].to_list() == ["clerk", None, "boss", "unknown"]
    assert [(step.said, step.cells) for step in cleaned.steps[1:]] == [
        ('"Clerk" in job is spelled "?"', 1),
        ('"?" in job is missing', 1),
    ]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"drop": ["di"], "drop_reasons": {}},
            r'\[data\] drop: no such column "di" in mine.csv; accepted: id, job, pdays, rate, y',
        ),
        ({"known_after": ["jobs"]}, r'\[data\] known_after: no such column "jobs" in mine.csv; did you mean "job"\?'),
        ({"missing": {"jobs": ["x"]}}, r'\[data\] missing: no such column "jobs" in mine.csv; did you mean "job"\?'),
        (
            {"missing": {"job": ["unknwon"]}},
            r'\[data.missing\] job: no cell of mine.csv holds "unknwon"; did you mean "unknown"\?',
        ),
        (
            {"replace": {"pdays": {"3": "4"}}},
            r"\[data.replace\] pdays: holds Int64: only words have other spellings; use \[data.missing\] for numbers",
        ),
    ],
)
def test_a_step_that_finds_nothing_is_told(keys, said):
    """A misspelled column or value is an error, not a step that does nothing."""
    with pytest.raises(DatasetError, match=said):
        clean_table(table(), section(**keys))
