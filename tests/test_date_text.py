"""Dates written as text: which day they say."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.date_text import ISO, date_pattern, date_reader, date_text, day_of, fitting_formats, format_fault

FORMATS = (
    ISO,
    "%d-%m-%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y%m%d",
    "%d.%m.%Y",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%d %b %Y",
    "%Y day %j",
    "%%%d%m%Y",
)
EPOCH = dt.date(1970, 1, 1)


@given(day=st.dates(), form=st.sampled_from(FORMATS))
def test_what_is_written_is_read(day, form):
    """Every day from year 1 to 9999 is read as what it was, in each format."""
    days = (day - EPOCH).days
    assert day_of(day) == days
    assert date_reader(form)(date_text(days, form)) == days


@given(moment=st.datetimes(dt.datetime(1000, 1, 1)), form=st.sampled_from(FORMATS))  # noqa: DTZ001
def test_days_are_those_of_strptime(moment, form):
    """Texts of Python's own making give Python's day, whatever their time of day; blanks around them do not count."""
    text = moment.replace(tzinfo=dt.UTC).strftime(form)
    assert date_reader(form)(f" {text}\n") == (dt.datetime.strptime(text, form).date() - EPOCH).days  # noqa: DTZ007


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2016-13-45", ISO),
        ("2015-02-29", ISO),
        ("0000-01-01", ISO),
        ("2016-W17-4", ISO),
        ("20160428", ISO),
        ("2016-04-28T10:00", ISO),
        ("28-04-2016", ISO),
        ("28-04-16", "%d-%m-%Y"),
        ("2016428", "%Y%m%d"),
        ("28-04-2016 25:00", "%d-%m-%Y %H:%M"),
        ("28-04-2016", "%d-%m-%Y %H:%M"),
        ("28 Avr 2016", "%d %b %Y"),
        ("29 Feb 2015", "%d %b %Y"),
        ("٢٠١٦-04-28", ISO),
        ("", ISO),
    ],
)
def test_other_texts_are_no_dates(text, form):
    """A day that no calendar has, another format, a time where none is declared, or none where one is."""
    assert date_reader(form)(text) is None


def test_a_leading_zero_may_be_absent():
    """Where something stands between the numbers, as `strptime` has it."""
    assert date_reader("%d/%m/%Y")("1/2/2016") == date_reader(ISO)("2016-2-1") == day_of(dt.date(2016, 2, 1))


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ("%d-%m-%Y", ""),
        ("%j/%Y", ""),
        ("%d-%m", "names no year"),
        ("yyyy-mm-dd", "names no year and no month and no day"),
        ("", "names no year and no month and no day"),
        ("%d-%m-%Y-%d", "names %d twice"),
        ("%Y-%m-%d %", 'holds "%"; accepted: %Y, %m, %d'),
        ("%Y-%m-%d %Q", 'holds "%Q"; accepted: %Y, %m, %d'),
        ("%c", 'holds "%c"; accepted: %Y, %m, %d'),
        ("%Y-%m-%d|%d-%m-%Y", ""),
        ("%Y%m%d|%d.%m.%Y|%d %b %Y", ""),
        ("%Y-%m-%d|%d-%m", "names no year"),
        ("|", "names no year and no month and no day"),
        ("%d-%m-%Y|%m-%d-%Y", 'reads "02-01-2016" in two ways'),
        ("%Y-%m-%d|%Y-%d-%m", 'reads "2016-01-02" in two ways'),
        ("%d%m%Y|%Y%m%d", 'reads "20100102" in two ways'),
        ("%Y%m%d|%d%m%Y", 'reads "20100102" in two ways'),
        ("%y%m%d|%d%m%y", 'reads "160102" in two ways'),
    ],
)
def test_a_format_names_a_day(form, fault):
    """What a format lacks, or holds that is no part of a date, is said."""
    said = format_fault(form)
    assert said.startswith(fault)
    assert bool(said) == bool(fault)


def test_a_fraction_of_a_day_is_cut_off():
    """A median of two days may lie between them; what no calendar has is its nearest end."""
    assert date_text(0.5) == "1970-01-01"
    assert date_text(-0.5) == "1969-12-31"
    assert (date_text(-1e9), date_text(1e9)) == ("0001-01-01", "9999-12-31")


def test_formats_fit_all_texts():
    """Of several formats, those are left in which every text is a date."""
    formats = ["%d/%m/%Y", "%m/%d/%Y", ISO]
    assert fitting_formats(["01/02/2016", "03/04/2016"], formats) == formats[:2]
    assert fitting_formats(["01/02/2016", "28/04/2016"], formats) == formats[:1]
    assert fitting_formats(["28/04/2016", "04/28/2016"], formats) == []
    assert fitting_formats([], formats) == formats


SEVERAL = ("%Y-%m-%d|%d-%m-%Y", "%d.%m.%Y|%Y%m%d", "%d/%m/%Y|%Y-%m-%d %H:%M|%d %b %Y")


@given(day=st.dates(dt.date(1000, 1, 1)), form=st.sampled_from(SEVERAL))
def test_of_several_formats_a_text_may_be_of_any(day, form):
    """Of either it reads to the same day; a day is written in the first."""
    days = (day - EPOCH).days
    for one in form.split("|"):
        assert date_reader(form)(f" {date_text(days, one)} ") == days
    assert date_text(days, form) == date_text(days, form.split("|")[0])


@given(
    day=st.dates(),
    at=st.integers(0, 9),
    other=st.sampled_from([*"0123456789-. ", ""]),
    form=st.sampled_from(SEVERAL[:2]),
)
def test_the_pattern_of_several_formats_is_what_is_read(day, at, other, form):
    """A caller who follows the schema is understood, and nobody else: texts of each format, and such with a flaw."""
    pattern = re.compile(date_pattern(form))
    for one in (*form.split("|"), "%m-%d-%Y", "%Y/%m/%d"):
        text = date_text((day - EPOCH).days, one)
        for tried in (text, text[:at] + other + text[at + 1 :]):
            assert bool(pattern.search(tried)) == (date_reader(form)(tried) is not None), tried


def test_there_is_no_pattern_where_one_format_has_names_of_months():
    """Then the schema only describes it."""
    assert date_pattern(SEVERAL[2]) is None


def test_formats_that_share_no_text_go_together():
    """Each day of two thousand years is read as what it was, or the formats are refused."""
    for forms in ("%Y-%m-%d|%d-%m-%Y", "%d.%m.%Y|%Y%m%d", "%d%m%Y|%Y-%m-%d"):
        assert format_fault(forms) == ""
        for days in range(-719162, 2932896, 1009):
            assert {date_reader(forms)(date_text(days, one)) for one in forms.split("|")} == {days}
