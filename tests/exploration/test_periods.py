"""The target over time."""

from __future__ import annotations

import numpy as np
import polars as pl

from keepfit.datasets import describe_columns
from keepfit.exploration.periods import by_period


def described(values, labels):
    frame = pl.DataFrame({"month": values, "other": range(len(values))})
    return by_period(frame, describe_columns(frame), np.array(labels, dtype=np.int64))


def test_each_period_has_its_rate_the_earliest_first():
    """Rows without a label or a date are left out."""
    months = ["2016-02-28", "2016-01-28", "2016-01-28", "2016-02-28", None, "2016-01-28"]
    (found,) = described(months, [1, 0, 1, 1, 1, -1])
    assert found.column == "month"
    assert [(rate.label, rate.rows, rate.rate.value) for rate in found.rates] == [
        ("2016-01-28", 2, 0.5),
        ("2016-02-28", 2, 1.0),
    ]


def test_dates_of_another_format_are_in_order():
    """By their day, not by how they are written; they are named as written."""
    (found,) = described(["28/02/2016", "01/03/2016", "28/02/2016", "31/12/2015"], [1, 0, 1, 0])
    assert [(rate.label, rate.rows) for rate in found.rates] == [
        ("31/12/2015", 1),
        ("28/02/2016", 2),
        ("01/03/2016", 1),
    ]


def test_one_period_or_too_many_are_no_time_panel():
    """A single date tells nothing of time, a date for each row would be a scatter."""
    assert described(["2016-01-28"] * 4, [0, 1, 0, 1]) == ()
    days = [str(day) for day in pl.date_range(pl.date(2016, 1, 1), pl.date(2016, 3, 31), eager=True)]
    assert described(days, [0, 1] * (len(days) // 2) + [0] * (len(days) % 2)) == ()
