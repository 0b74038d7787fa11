"""The cells of a CSV as values: each by itself, as the reading of a training table takes them."""

from __future__ import annotations

import polars as pl
import pytest

from keepfit.datasets.table import read_table
from keepfit.scoring.texts import cells_of
from keepfit.signature import Column, Kind


def read(column, texts, words=("", "NA")):
    """Return the values of texts, and those that are none."""
    cells = cells_of(column, pl.Series(texts, dtype=pl.String), words)
    unread = [] if cells.unread is None else [text for text, no in zip(texts, cells.unread, strict=True) if no]
    return cells.values.to_list(), unread


def test_numbers_are_read():
    """Whole ones and others; what is none stays aside."""
    column = Column("x", Kind.NUMBER)
    assert read(column, ["1", "-2.5", "1e3", "NA", None, "NaN"]) == ([1.0, -2.5, 1000.0, None, None, None], [])
    odd = [" 5", "1_000", "1,5", "007", "+49", "inf", "1e400", "nan", "x"]
    assert read(column, odd) == ([None] * len(odd), odd)


def test_flags_are_read():
    """In any case, and in no other words."""
    assert read(Column("x", Kind.FLAG), ["true", "FALSE", "yes", "1", None, "NA"]) == (
        [True, False, None, None, None, None],
        ["yes", "1"],
    )


def test_words_stay():
    """A number among words is one of them."""
    column = Column("x", Kind.CATEGORY, categories=("a", "1"))
    assert read(column, ["a", "1", "1.0", "NA", " a"]) == (["a", "1", "1.0", None, " a"], [])


def test_numbers_of_a_vocabulary_of_numbers_are_one_however_they_are_written():
    """1.0 is 1; a code is not, nor is a word."""
    column = Column("x", Kind.CATEGORY, categories=("1", "2.5"), missing_values=("-1",))
    assert read(column, ["1", "1.0", "2.50", "01", "x", "-1", "-1.0", "9007199254740993"])[0] == [
        *("1", "1", "2.5", "01", "x", "-1", None, "9007199254740993")
    ]


def test_dates_and_numbers_as_text_stay_for_the_door():
    """Only words for missing of the whole file are taken out."""
    for column in (Column("x", Kind.DATE), Column("x", Kind.INTEGER, is_written_as_text=True)):
        assert read(column, [" 5", "NA", " NA", None]) == ([" 5", None, " NA", None], [])


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (Kind.NUMBER, ["1", "2.5", "-1e-3", "+0.5", ".5", "5.", "NaN", "", "NA"]),
        (Kind.INTEGER, ["1", "-2", "3", "", "-0"]),
        (Kind.FLAG, ["true", "False", "TRUE", ""]),
        (Kind.CATEGORY, ["1", "1.0", "2.5", "2.50", "", "1e0"]),
        (Kind.CATEGORY, ["1", "07", "1.0", ""]),
    ],
)
def test_a_table_is_read_as_training_reads_it(tmp_path, kind, texts):
    """What the reading of a training table makes of a whole column, whose values are the vocabulary."""
    (tmp_path / "t.csv").write_text("\n".join(["x,y", *(f"{text},1" for text in texts)]) + "\n")
    series = read_table(tmp_path / "t.csv")["x"]
    series = series.fill_nan(None) if series.dtype.is_float() else series
    if kind is Kind.CATEGORY:
        series = (
            pl.Series([None if value is None else f"{value:g}" for value in series])
            if series.dtype.is_float()
            else series
        )
    categories = tuple(series.drop_nulls().unique()) if kind is Kind.CATEGORY else ()
    found, unread = read(Column("x", kind, categories=categories), [text or None for text in texts])
    assert (found, unread) == (series.to_list(), [])
