"""The days of a table's rows."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from keepfit.datasets.seasons import NO_DAY, row_days
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

DATA = DataSection(source="t.csv", target="y", dates={"said": "%d-%m-%Y"})


def test_days_are_read_as_the_door_reads_dates():
    """Types of dates, and texts of the declared format; a row without a day has none."""
    frame = pl.DataFrame({"typed": [date(1970, 1, 3), None], "said": ["01-02-1970", ""]})
    assert row_days(frame, "typed", DATA).tolist() == [2, NO_DAY]
    assert row_days(frame, "said", DATA).tolist() == [31, NO_DAY]


def test_a_column_without_dates_is_refused():
    """And so is one that there is not, with the nearest name."""
    frame = pl.DataFrame({"month": [1.5, 2.5]})
    with pytest.raises(DatasetError, match=r"\[monitoring.season\] column = month: holds no dates"):
        row_days(frame, "month", DATA)
    with pytest.raises(DatasetError, match='no such column "months"; did you mean "month"'):
        row_days(frame, "months", DATA)
