"""Columns of dates: which they are, and how theirs are written."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from keepfit.datasets.schema import infer_signature
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.signature import Column, Kind, Outcome

OUTCOME = Outcome("Status", "bad", "good")
DAYS = [dt.date(2016, 4, 28) + dt.timedelta(days=31 * at) for at in range(13)]
FIRST, LAST = 16919.0, 16919.0 + 31 * 12


def column_of(values, dtype=None, *, rows=None, request=None, **keys) -> Column:
    """Infer the one column `x`."""
    series = values if isinstance(values, pl.Series) else pl.Series("x", values, dtype=dtype)
    frame = pl.DataFrame({"x": series, "Status": (["bad", "good"] * len(series))[: len(series)]})
    rows = np.arange(frame.height) if rows is None else np.array(rows)
    section = DataSection(source="mine.csv", target="Status", **keys)
    return infer_signature(frame, section, request or RequestSection(), rows=rows, outcome=OUTCOME).columns[0]


def told(call) -> tuple[str, str]:
    """Return what is told, and the hint, of the column."""
    with pytest.raises(DatasetError) as caught:
        call()
    assert caught.value.where == 'mine.csv: column "x"'
    return caught.value.what, caught.value.hint


def written(form: str) -> list[str]:
    return [day.strftime(form) for day in DAYS]


@pytest.mark.parametrize(
    "form",
    [
        *("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y"),
        *("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S.%f"),
    ],
)
def test_more_than_a_dozen_dates_of_one_format_are_dates(form):
    """Texts that are plainly dates, though nobody says so; the range is in days."""
    expected = Column("x", Kind.DATE, False, FIRST, LAST, format=form)
    assert column_of(written(form)) == expected
    assert column_of(written(form), kinds={"x": Kind.DATE}) == expected
    assert column_of([f" {text}" for text in written(form)]) == expected


def test_a_few_dates_are_levels():
    """A dozen of different dates are a category, unless they are declared."""
    few = written("%Y-%m-%d")[:12] * 5
    assert column_of(few).kind is Kind.CATEGORY
    assert column_of(few, kinds={"x": Kind.DATE}).kind is Kind.DATE
    assert column_of(written("%Y-%m-%d"), kinds={"x": Kind.CATEGORY}).kind is Kind.CATEGORY


def test_dates_of_two_formats_stay_a_category():
    """Where each date may be day and month as well as month and day, nobody decides for the user."""
    assert column_of([f"{at}/{at}/20{at:02}" for at in range(1, 13)] + ["1/2/2013"]).kind is Kind.CATEGORY


def test_a_type_of_dates_needs_no_declaration():
    """Dates of a Parquet file are dates; requests have ISO 8601's, unless another format is declared."""
    expected = Column("x", Kind.DATE, False, FIRST, LAST, format="%Y-%m-%d")
    assert column_of(DAYS) == expected
    moments = [dt.datetime.combine(day, dt.time(23, 59)) for day in DAYS]
    assert column_of(moments) == expected
    assert column_of(pl.Series("x", moments).dt.replace_time_zone("Asia/Tokyo")) == expected
    assert column_of(DAYS, dates={"x": "%d-%m-%Y"}).format == "%d-%m-%Y"


def test_whole_numbers_may_be_dates():
    """20160428 is a number to a reader of CSV, and a date where its format is declared."""
    numbers = [int(text) for text in written("%Y%m%d")]
    assert column_of(numbers).kind is Kind.INTEGER
    assert column_of(numbers, dates={"x": "%Y%m%d"}) == Column("x", Kind.DATE, False, FIRST, LAST, format="%Y%m%d")


def test_only_training_rows_have_a_range_and_gaps():
    """What is held out widens nothing; a blank text is a missing value, and so is a declared word."""
    values = [*written("%d-%m-%Y"), " ", "never"]
    keys = {"missing": {"x": ["never"]}, "dates": {"x": "%d-%m-%Y"}}
    assert column_of([*values[:-1], None], rows=[1, 2], **keys).optional is False
    column = column_of(values[:-1], rows=[1, 2, 13], dates={"x": "%d-%m-%Y"})
    assert (column.optional, column.minimum, column.maximum) == (True, FIRST + 31, FIRST + 62)
    assert column_of(values[:-1], request=RequestSection(missing="reject"), dates=keys["dates"]).optional is False


@pytest.mark.parametrize(
    ("values", "keys", "said"),
    [
        (
            ["28-04-2016", "45-13-2016"],
            {"dates": {"x": "%d-%m-%Y"}},
            (
                "row 2 holds '45-13-2016', which is no date of the format %d-%m-%Y",
                "correct [data.dates] or [data] kinds, or declare it in [data.missing] if it means no value",
            ),
        ),
        (
            ["1/2/2016", "3/4/2016"],
            {"kinds": {"x": Kind.DATE}},
            (
                "holds dates that fit %d/%m/%Y and %m/%d/%Y alike",
                'say how they are written: [data.dates] x = "%d/%m/%Y"',
            ),
        ),
        (
            ["28-04-2016", "2016-04-28"],
            {"kinds": {"x": Kind.DATE}},
            (
                "holds dates in two formats: 2016-04-28 (1) and 28-04-2016 (1)",
                "write them in one, or drop it: [data] drop",
            ),
        ),
        (
            ["in spring", "in autumn"],
            {"kinds": {"x": Kind.DATE}},
            (
                'holds "in spring" and more, which no format fits',
                'say how they are written: [data.dates] x = "%d-%m-%Y"',
            ),
        ),
        (
            [1.5, 2.5],
            {"kinds": {"x": Kind.DATE}},
            (
                "row 1 holds 1.5, which is no date of the format %Y-%m-%d",
                "correct [data.dates] or [data] kinds, or declare it in [data.missing] if it means no value",
            ),
        ),
        (
            [None, None],
            {"kinds": {"x": Kind.DATE}},
            ("has no value in the training rows", "drop it: [data] drop in keepfit.toml"),
        ),
        (
            ["", " "],
            {"dates": {"x": "%d-%m-%Y"}},
            ("has no value in the training rows", "drop it: [data] drop in keepfit.toml"),
        ),
    ],
)
def test_what_is_no_date_is_told(values, keys, said):
    """Which row, which value, which format; and what to write into the project file."""
    assert told(lambda: column_of(values, **keys)) == said


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"dates": {"x": "%d-%m"}}, 'says "%d-%m" of "x", which names no year; write for example "%Y-%m-%d"'),
        ({"dates": {"x": "dd-mm-yyyy"}}, 'says "dd-mm-yyyy" of "x", which names no year and no month and no day'),
        ({"dates": {"x": "%Q"}}, 'says "%Q" of "x", which holds "%Q"; accepted: %Y'),
        (
            {"dates": {"x": "%d-%m-%Y"}, "kinds": {"x": "number"}},
            'says how the dates of "x" are written, but kinds calls it number; leave one of the two out',
        ),
        (
            {"dates": {"x": "%d-%m-%Y"}, "categories": {"x": ["a"]}},
            'gives "x" a vocabulary, but dates says that it holds dates; leave one of the two out',
        ),
        (
            {"dates": {"x": "%d-%m-%Y"}, "numbers": ["x"]},
            'says of "x" that it is no number, but numbers names it; leave one of the two out',
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_when_the_project_is_loaded(keys, said):
    """A format that names no day, and a column that is declared as two things."""
    with pytest.raises(ValidationError) as caught:
        DataSection(source="mine.csv", target="y", **keys)
    assert said in str(caught.value)
