"""What looks odd in a column of texts."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import clean_table, oddities
from keepfit.datasets.columns import describe_columns
from keepfit.datasets.scanning import scan_table
from keepfit.project.data_section import DataSection


def odd(values, dtype=pl.String):
    (facts,) = describe_columns(pl.DataFrame([pl.Series("x", values, dtype=dtype)]))
    return facts.oddities


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["  35", " 7"] * 3, ["6 texts hold numbers: declare [data] numbers"]),
        (
            ["  35", " NA", "7", "", " "],
            ["2 texts hold numbers, 3 mean no value (blank, NA): declare [data] numbers"],
        ),
        (
            ["1", "1.0", "01", "1e0"],
            ["codes, 1 text such as 01, keep it text: declare [data] numbers if they are numbers"],
        ),
        (
            ["+49301234567", "12"],
            ["codes, 1 text such as +49301234567, keep it text: declare [data] numbers if they are numbers"],
        ),
        (
            ["1" * 45, "7"],
            [f"codes, 1 text such as {'1' * 30}…, keep it text: declare [data] numbers if they are numbers"],
        ),
        (
            ["12,50", "3", "1.234,50", "12,50"],
            [
                (
                    "numbers with a comma, 3 texts such as 12,50, 1.234,50: write them with a decimal point, and with "
                    "nothing between thousands"
                )
            ],
        ),
        (["a,b", "12,50 EUR", "c"], []),
        (
            ["0034", "007", "12", None],
            ["codes, 2 texts such as 0034, 007, keep it text: declare [data] numbers if they are numbers"],
        ),
        (["1", "2", "P", "P", "-", "3", "4"], ["numbers but for 3 texts such as P, -"]),
        (
            ["01", "2", "P"],
            [
                "numbers but for 1 text such as P",
                "codes, 1 text such as 01, keep it text: declare [data] numbers if they are numbers",
            ],
        ),
        (["1", "P", "Q"], []),
        (["1", "1", "1.0", "P"], ["numbers but for 1 text such as P", '"1" (2) and "1.0" (1) are one number']),
        (["a", "b", None], []),
        (["NA", "NA"], []),
        ([None, None], []),
        ([], []),
    ],
)
def test_numbers_as_texts(values, said):
    """All numbers, numbers but for some, codes with leading zeros; words for missing are no reason against it."""
    assert list(odd(values)) == said


def test_what_is_declared_can_be_done():
    """A column that the hint speaks of is read as numbers when one follows it, its words for missing included."""
    frame = pl.DataFrame({"x": ["  35", " NA", "7", ""], "y": ["a", "b"] * 2})
    assert "declare [data] numbers" in describe_columns(frame)[0].oddities[0]
    cleaned = clean_table(frame, DataSection(source="mine.csv", target="y", numbers=["x"])).frame
    assert cleaned["x"].to_list() == [35, None, 7, None]
    assert describe_columns(cleaned)[0].oddities == ()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["2015-01-28"] * 9 + ["28/01/2015"], ["dates in two formats: 2015-01-28 (9) and 28/01/2015 (1)"]),
        (
            ["2015-01-28T10:00", "2015-01-29 10:00:00+01:00", "2015/01/28", "28-1-2015", "28.01.2015"],
            [("dates in four formats: 2015-01-28T10:00 (2), 2015/01/28 (1), 28-1-2015 (1) and 28.01.2015 (1)")],
        ),
        (["28/01/2015", "01/02/2015"], []),
        (["01/28/2015", "01/02/2015"], []),
        (["02/03/2015", "01/02/2015"], []),
        (
            ["01/28/2015", "28/01/2015", "28/01/2015", "01/02/2015"],
            ["dates in two formats: 28/01/2015 (2) and 01/28/2015 (1), and 1 that are day and month or month and day"],
        ),
        (["2015-01-28", "2015-01-29", "unheard of"], ["dates but for 1 text such as unheard of"]),
        (["2015-01-28", "x", "y"], []),
        (["2015-13-28", "99/99/2015"], []),
        (["1-2-3", "1.2.3"], []),
    ],
)
def test_dates_in_two_formats(values, said):
    """Formats are told with an example and their rows; what is a day as well as a month follows the sure ones."""
    assert list(odd(values)) == said
    assert odd(values[::-1]) == odd(values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([" A", "A", "A", "B"], ['"A" (2) and " A" (1) differ by blanks only']),
        (["Single", "single", "single"], ['"single" (2) and "Single" (1) differ by case only']),
        (["a b", "a b", "a  b"], ['"a b" (2) and "a  b" (1) differ by blanks only']),
        (
            [" A", "A", "A", "a", "a", "a"],
            ['"a" (3), "A" (2) and " A" (1) differ by blanks and case only'],
        ),
        (["x" * 40 + "y", "X" * 40 + "y"], [f'"{"X" * 30}…" (1) and "{"x" * 30}…" (1) differ by case only']),
    ],
)
def test_spellings_of_one_word(values, said):
    """Texts that differ by blanks or case only are told with their rows, the most frequent first."""
    assert list(odd(values)) == said


def test_many_spellings_are_cut():
    """Three groups are told, and how many more there are."""
    found = odd([text for word in "abcdef" for text in (word, word.upper())])
    assert len(found) == 4
    assert found[-1] == "3 more texts are spelled in several ways"


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum([" 1", "2"])])
def test_however_texts_are_stored(dtype):
    """Categories of texts are texts."""
    assert odd([" 1", "2"], dtype) == ("2 texts hold numbers: declare [data] numbers",)


@pytest.mark.parametrize(("values", "dtype"), [([1, 2], pl.Int64), ([1.5], pl.Float64), ([True], pl.Boolean)])
def test_numbers_and_flags_are_not_odd(values, dtype):
    """Only texts are looked at."""
    assert odd(values, dtype) == ()


@given(st.lists(st.text(max_size=5) | st.none(), max_size=20))
def test_any_text_may_be_there(values):
    """Whatever the texts are, something short or nothing is said, and the same of the same rows."""
    assert odd(values) == odd(values[::-1])


def test_of_very_many_texts_the_first_are_looked_at(monkeypatch):
    """What was looked at is said."""
    monkeypatch.setattr(oddities, "MOST_TEXTS", 2)
    assert odd(["1", "1", "2", "2", "x"]) == ("2 texts hold numbers: declare [data] numbers (among the first 2 texts)",)


def test_of_a_sample_its_rows_are_known(tmp_path):
    """A large table's counts are those of the sample."""
    pl.DataFrame({"x": [" 1", "2"]}).write_parquet(tmp_path / "table.parquet")
    scanned = scan_table(tmp_path / "table.parquet", seed=1)
    (facts,) = describe_columns(scanned.sample)
    completed = scanned.completed(facts)
    assert completed.oddities == ("2 texts hold numbers: declare [data] numbers",)
    assert completed.described_rows == 2
