"""Flags beside each other."""

from __future__ import annotations

import math

import polars as pl
import pytest

from keepfit.datasets import describe_columns
from keepfit.exploration.flags import describe_flags

FRAME = pl.DataFrame(
    {
        "account": [1, 1, 1, 1],
        "payroll": [1, 1, 0, 0],
        "card": [1, 0, 0, 0],
        "pension": [0, 0, 1, None],
        "aval": [0, 0, 0, 0],
        "age": [20, 30, 40, 50],
    }
)


def test_the_most_frequent_come_first_with_what_goes_together():
    """Of those with payroll half have a card; of those with a card all have payroll; nobody has the last one."""
    found = describe_flags(FRAME, describe_columns(FRAME))
    assert found.names == ("account", "payroll", "card", "pension", "aval")
    assert [rate.rate.value for rate in found.rates] == [1.0, 0.5, 0.25, 0.25, 0.0]
    at = {name: place for place, name in enumerate(found.names)}
    assert found.together[at["payroll"]][at["card"]] == pytest.approx(0.5)
    assert found.together[at["card"]][at["payroll"]] == pytest.approx(1.0)
    assert math.isnan(found.together[at["aval"]][at["account"]])


def test_few_flags_are_no_panel():
    """Below five there is nothing to set beside each other."""
    frame = FRAME.select("account", "payroll", "age")
    assert describe_flags(frame, describe_columns(frame)) is None
