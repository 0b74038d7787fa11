"""The formats that dates are written in."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.date_formats import date_formats


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
