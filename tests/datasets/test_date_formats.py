"""The formats that dates are written in."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.date_formats import are_dates, date_formats, dates_of

FORMS = ["%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S"]


def formats_of(texts):
    return date_formats(
        pl.DataFrame({"bare": texts, "count": [1] * len(texts)}, schema={"bare": pl.String, "count": pl.Int64})
    )


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("%Y-%m-%d", "Y-m-d"),
        ("%Y-%m-%dT%H:%M:%S", "Y-m-d"),
        ("%Y-%m-%d %H:%M:%S.%f", "Y-m-d"),
        ("%Y/%m/%d", "Y/m/d"),
        ("%d-%m-%Y", "d-m-Y"),
        ("%d.%m.%Y", "d.m.Y"),
        ("%d/%m/%Y", "d/m/Y"),
    ],
)
@given(day=st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)))  # noqa: DTZ001 - a text has no zone
def test_every_day_is_a_date(form, name, day):
    """Any day in any of the formats is a date of that one; by day and month where it could be by month and day."""
    text = day.strftime(form)
    found = formats_of([text])
    assert found.is_date.to_list() == [True]
    assert found.examples == {name: (text, 1)}


def test_month_and_day_is_told_by_the_sure_ones():
    """01/28 is month and day, so 01/02 beside it is too."""
    found = formats_of(["01/02/2015", "01/28/2015"])
    assert (found.examples, found.either) == ({"m/d/Y": ("01/02/2015", 2)}, 0)


@pytest.mark.parametrize("text", ["2015-13-01", "32.01.2015", "1-2-3", "2015-01", "x2015-01-01", "1.5", "", None])
def test_other_texts_are_no_dates(text):
    """Months and days that are none, versions, numbers."""
    found = formats_of([text, "a"])
    assert (found.rows, found.examples) == (0, {})


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2015-01-28", "2015/01/29T10:00", " 30.1.2015"], True),
        (["2015-01-28", "x"], False),
        (["2015-13-28"], False),
        (["1.2.3"], False),
    ],
)
def test_a_column_of_dates_holds_nothing_else(texts, expected):
    """In whichever formats."""
    assert are_dates(pl.Series(texts)) is expected


@given(days=st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))), form=st.sampled_from(FORMS))
def test_a_date_is_read_as_it_was_written(days, form):
    """In any of the formats, its time left out; a day after the twelfth says which is the month."""
    sure = dt.date(2015, 1, 28)
    texts = [day.strftime(form) for day in [sure, *days]]
    assert dates_of(pl.Series(texts)).to_list() == [sure, *days]
