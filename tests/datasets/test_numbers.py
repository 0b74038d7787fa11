"""Columns whose texts hold numbers: the same rules for a column as for a text."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_series_equal

from keepfit.datasets import clean_table, extend_signature
from keepfit.datasets.numbers import number_texts, whole_if_all_are
from keepfit.datasets.schema import infer_signature
from keepfit.errors import DatasetError, RecordError
from keepfit.missing_text import missing_words
from keepfit.number_text import BLANKS, text_number
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.scoring import Door
from keepfit.signature import Outcome

WORDS = missing_words(["", "NA", "NaN", "null"])
anything = st.text("019+-.eEinfaNA _,\t\u00a0x", max_size=6)
padded = st.builds(
    "{}{}{}".format,
    st.text(BLANKS, max_size=3),
    st.integers(-999, 999) | st.floats(-1e6, 1e6, allow_nan=False) | st.sampled_from(["NA", "na", "", "1.0"]),
    st.text(BLANKS, max_size=2),
)


def section(**keys) -> DataSection:
    return DataSection(**{"source": "mine.csv", "target": "y", "numbers": ["age"], **keys})


def table(ages, **columns) -> pl.DataFrame:
    frame = pl.DataFrame({"age": ages, **columns})
    return frame.with_columns(pl.Series("y", ["no", "yes"] * len(ages)).head(len(ages)))


def door_of(frame, keys, **request) -> Door:
    asked = RequestSection(**{"missing": "accept", **request})
    outcome = Outcome("y", "no", "yes")
    return Door(infer_signature(frame, keys, asked, rows=np.arange(frame.height), outcome=outcome))


@given(st.lists(anything | padded | st.none(), max_size=20))
def test_a_column_is_read_as_its_texts_are(texts):
    """Which texts are numbers, words for missing, or neither: polars says what Python says, text for text."""
    found = number_texts(pl.Series("x", texts, dtype=pl.String), WORDS)
    for at, text in enumerate(texts):
        word = None if text is None else text.strip(BLANKS)
        number = None if word is None or word in WORDS else text_number(word)
        assert found.words[at] == word
        assert found.is_word[at] == (word in WORDS)
        assert found.numbers[at] == number
        assert found.is_wrong[at] == (word is not None and word not in WORDS and number is None)


@pytest.mark.parametrize(
    ("numbers", "dtype"),
    [([1.0, None, -3.0], pl.Int64), ([1.0, 2.5], pl.Float64), ([1.0, 2.0**60], pl.Float64), ([None], pl.Int64)],
)
def test_whole_numbers_are_integers(numbers, dtype):
    """All whole, and all held exactly: integers; one fraction, or one too large: as they are."""
    series = pl.Series("x", numbers, dtype=pl.Float64)
    assert_series_equal(whole_if_all_are(series), series.cast(dtype))


def test_padded_numbers_are_numbers():
    """Texts are stripped, words for missing are missing, and each step is counted."""
    cleaned = clean_table(table(["  35", " NA", " 7 ", None, "   "]), section())
    assert cleaned.frame["age"].to_list() == [35, None, 7, None, None]
    assert cleaned.frame["age"].dtype == pl.Int64
    assert [(step.said, step.rows, step.cells) for step in cleaned.steps] == [
        ("texts in age are read as numbers", 2, 2),
        ('"" in age is missing', 1, 1),
        ('"NA" in age is missing', 1, 1),
    ]


def test_a_fraction_makes_all_of_them_fractions():
    """One text with a fraction: the column is of floats."""
    assert clean_table(table([" 1", "1.0", "2.5"]), section()).frame["age"].to_list() == [1.0, 1.0, 2.5]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum([" 1", "2"]), pl.String])
def test_however_texts_are_stored(dtype):
    """Categories of texts are texts."""
    frame = table([" 1", "2"]).with_columns(pl.col("age").cast(dtype))
    assert clean_table(frame, section()).frame["age"].to_list() == [1, 2]


@pytest.mark.parametrize("values", [[1, 2], [1.5, None], [None, None]])
def test_what_is_numeric_already_is_not_touched(values):
    """A column of numbers stays as it is, and nothing is said of it."""
    frame = table(values)
    cleaned = clean_table(frame, section())
    assert cleaned.frame.equals(frame)
    assert cleaned.steps == ()


def test_a_column_has_words_for_missing_of_its_own():
    """`[data.missing]` names words and numbers: both mean no value, and each is counted."""
    keys = section(missing={"age": ["unknown", "-999"]})
    cleaned = clean_table(table([" 35", "unknown ", "-999", "UNKNOWN", " 4"]), keys)
    assert cleaned.frame["age"].to_list() == [35, None, None, None, 4]
    assert {(step.said, step.cells) for step in cleaned.steps} == {
        ("texts in age are read as numbers", 3),
        ('"unknown" in age is missing', 1),
        ('"UNKNOWN" in age is missing', 1),
        ('"-999" in age is missing', 1),
    }


@pytest.mark.parametrize(
    ("ages", "keys", "said"),
    [
        (
            [" 35", "abc", "def"],
            {},
            (
                'keepfit.toml: [data] numbers: row 2 of column "age" holds "abc", which is no number (and 1 more); '
                "mend it, declare it in [data.missing] if it means no value, or take age out of it"
            ),
        ),
        (
            [" 1"],
            {"numbers": ["agee"]},
            'keepfit.toml: [data] numbers: no such column "agee" in mine.csv; did you mean "age"?',
        ),
        (
            [True],
            {},
            (
                'keepfit.toml: [data] numbers: column "age" holds Boolean, which is neither text nor number; take age '
                "out of it"
            ),
        ),
        (
            [" 1"],
            {"missing": {"age": ["unknown"]}},
            'keepfit.toml: [data.missing] age: no cell of mine.csv holds "unknown"; accepted: 1',
        ),
    ],
)
def test_what_is_no_number_is_told(ages, keys, said):
    """The first row, the value, the key, and what to do; a step that finds nothing is misspelled."""
    with pytest.raises(DatasetError) as caught:
        clean_table(table(ages), section(**keys))
    assert str(caught.value) == said


@given(st.lists(padded | st.integers(-5, 5) | st.none(), min_size=1, max_size=12))
def test_a_row_equals_the_row_in_a_batch_and_in_a_table(sent):
    """A text in a request is the number that the cleaned table has, alone, in a batch, in a raw and a cleaned table."""
    keys = section(missing={"age": ["-4"]})
    texts = [None if value is None else str(value) for value in sent]
    raw = table([*texts, "1", "-4"])
    cleaned = clean_table(raw, keys).frame
    door = door_of(cleaned, keys)
    expected = door.table(cleaned)
    np.testing.assert_array_equal(door.table(raw), expected)
    np.testing.assert_array_equal(door.rows([{"age": value} for value in [*sent, 1, -4.0]]), expected)
    for at, value in enumerate(sent):
        np.testing.assert_array_equal(door.row({"age": value})[0], expected[at])


@given(st.lists(anything | padded, max_size=12), st.booleans())
def test_what_is_refused_alone_is_refused_in_a_table(sent, is_whole):
    """The same rows are refused by each way in, and the others are the same numbers."""
    known = table(["1", "2"] if is_whole else ["1", "2.5"])
    door = door_of(clean_table(known, section()).frame, section())
    refused = {at for at, text in enumerate(sent) if is_refused(door, {"age": text})}
    frame = table(sent, other=[None] * len(sent)).with_columns(pl.col("age").cast(pl.String))
    for way_in, rows in ((door.rows, [{"age": text} for text in sent]), (door.table, frame)):
        try:
            way_in(rows)
            found = set()
        except RecordError as error:
            found = {violation.row for violation in error.violations}
        assert found == refused


def is_refused(door, record) -> bool:
    try:
        door.row(record)
    except RecordError:
        return True
    return False


def test_a_record_may_hold_texts():
    """`"  35"` is 35 and `" NA"` is missing; `"abc"` is refused in words, and so is a fraction of a whole number."""
    cleaned = clean_table(table(["  35", " NA"]), section()).frame
    door = door_of(cleaned, section())
    sent = [{"age": value} for value in ("  35", " NA", "35.0", 35, None, "na\t", "3.5e1")]
    np.testing.assert_array_equal(door.rows(sent)[:, 0], np.array([35, np.nan, 35, 35, np.nan, np.nan, 35], np.float32))
    for value, said in (
        ("abc", 'age: expected a whole number, found "abc"'),
        (" 3.5", "age: expected a whole number, found 3.5"),
        (True, "age: expected a whole number, found True"),
        ("1e39", "age: 1e+39 is too large; expected a finite number that float32 can hold"),
    ):
        with pytest.raises(RecordError) as refused:
            door.row({"age": value})
        assert str(refused.value) == said


def test_a_missing_text_is_refused_where_a_value_is_needed():
    """A word for missing is missing, not a number, where the project rejects that."""
    door = door_of(clean_table(table(["1", "2"]), section()).frame, section(), missing="reject")
    with pytest.raises(RecordError, match="age: is missing; expected a whole number"):
        door.row({"age": " NA"})
    with pytest.raises(RecordError) as refused:
        door.table(table(["1", " NA", "x"]))
    assert [violation.row for violation in refused.value.violations] == [1, 2]
    assert refused.value.violations[1].message == 'expected a whole number, found "x"'


def test_journal_rows_widen_the_range():
    """A journal row holds the text as it was sent: its number widens the range, its word for missing does not."""
    keys = section(missing={"age": ["-999"]})
    frame = clean_table(table([" 35", "-999"]), keys).frame
    grown = extend_signature(door_of(frame, keys).signature, [{"age": text} for text in (" 90", " na", "-999.0", 12)])
    assert (grown.columns[0].minimum, grown.columns[0].maximum) == (12.0, 90.0)
