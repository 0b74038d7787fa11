"""Rows in the order of time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from keepfit.datasets.split import split_latest
from keepfit.datasets.times import row_times
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

DATA = DataSection(source="mine.csv", target="y")
DAYS = [dt.date(2016, 4, 28), dt.date(2015, 12, 28), dt.date(2016, 4, 28), dt.date(2014, 1, 31)]


def times(values, section=DATA):
    return row_times(pl.DataFrame({"at": values}), "at", section).tolist()


def test_later_rows_have_greater_numbers_and_equal_times_the_same():
    """Whether they are numbers, dates, or texts of dates that sort otherwise."""
    assert times([5, 3, 5, 1]) == [3, 2, 3, 1]
    assert times([0.5, 0.25, 0.5, -1.0]) == [3, 2, 3, 1]
    assert times(DAYS) == [3, 2, 3, 1]
    assert times([f"{day:%d-%m-%Y}" for day in DAYS]) == [3, 2, 3, 1]
    declared = DataSection(source="mine.csv", target="y", dates={"at": "%Y%m%d"})
    assert times([int(f"{day:%Y%m%d}") for day in DAYS], declared) == [3, 2, 3, 1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, None, float("nan")], "2 rows have no time, the first of them row 2"),
        ([None, None], "has no value"),
        (["early", "late"], "as 'early', are neither numbers nor dates of one format"),
    ],
)
def test_what_is_no_time_is_an_error(values, message):
    """With the key, and the row where there is one."""
    with pytest.raises(DatasetError, match=message) as caught:
        times(values)
    assert "[split] time" in str(caught.value)


def test_an_unknown_column_is_an_error():
    """With the nearest name."""
    with pytest.raises(DatasetError, match=r'no such column "months".*month'):
        row_times(pl.DataFrame({"month": [1]}), "months", DATA)


def test_the_latest_rows_are_held_out():
    """As near to the share as whole times allow."""
    rng = np.random.default_rng(0)
    when, target = rng.integers(0, 12, 1000), rng.integers(0, 2, 1000).astype(np.int8)
    split = split_latest(target, when, share=0.25)
    assert when[split.train].max() < when[split.holdout].min()
    assert len(split.holdout) == pytest.approx(250, abs=50)
    assert sorted([*split.train, *split.holdout]) == list(range(1000))


def test_times_that_cannot_be_split_are_an_error():
    """One time only, or a part without a class."""
    with pytest.raises(DatasetError, match="all rows are of the same time"):
        split_latest(np.array([0, 1], np.int8), np.array([3, 3]), share=0.5)
    with pytest.raises(DatasetError, match="the held-out rows would lack a class"):
        split_latest(np.array([0, 1, 0, 0], np.int8), np.arange(4), share=0.25)
