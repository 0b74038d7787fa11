"""What the values of a column are."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from keepfit.datasets import ColumnKind
from keepfit.datasets.kinds import column_kind, declared_kind
from keepfit.project.data_section import DataSection
from keepfit.signature import Kind


def kind_of(values, **keys):
    series = pl.Series("x", values)
    section = DataSection(source="mine.csv", target="y", **keys)
    return column_kind(series, series.drop_nulls().n_unique(), declared_kind("x", section))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 20, 300] * 30, ColumnKind.INTEGER),
        ([1.5, 2.25, 3.0] * 30, ColumnKind.NUMBER),
        ([1.0, 20.0, None] * 30, ColumnKind.INTEGER),
        ([0, 1, 1] * 30, ColumnKind.FLAG),
        ([True, False] * 30, ColumnKind.FLAG),
        ([0, 1, 2, 3] * 30, ColumnKind.CATEGORY),
        ([3, 5, 6] * 30, ColumnKind.INTEGER),
        (["a", "b"] * 30, ColumnKind.CATEGORY),
        ([f"customer {at}" for at in range(90)], ColumnKind.ID),
        (list(range(1000, 1090)), ColumnKind.ID),
        (
            [f"{at} a long remark that somebody wrote down about this customer and that" for at in range(90)],
            ColumnKind.TEXT,
        ),
        (["2016-05-28", "2016-06-28"] * 30, ColumnKind.DATE),
        ([f"{1 + at % 28}/{1 + at % 12}/{2000 + at}" for at in range(90)], ColumnKind.DATE),
        ([f"{at},{at % 10}0" for at in range(90)], ColumnKind.NUMERAL),
        ([f"  {at}.{at % 10}5" for at in range(90)], ColumnKind.NUMERAL),
        (["1,5", "2,5", "3"] * 30, ColumnKind.CATEGORY),
        ([f"00{at}" for at in range(90)], ColumnKind.ID),
        ([10**20 + at for at in (0, 7, 7)], ColumnKind.INTEGER),
        ([dt.date(2016, 5, 28)] * 3, ColumnKind.DATE),
        ([None, None], ColumnKind.EMPTY),
    ],
)
def test_a_column_has_a_kind(values, kind):
    """What a reader would call its values."""
    assert kind_of(values) is kind


@pytest.mark.parametrize(
    ("values", "kinds", "kind"),
    [
        ([0, 1, 1, 0], {"x": Kind.CATEGORY}, ColumnKind.CATEGORY),
        (list(range(90)), {"x": Kind.CATEGORY}, ColumnKind.CATEGORY),
        ([1, 2, 3], {"x": Kind.NUMBER}, ColumnKind.NUMBER),
        (["a", "b"], {"x": Kind.INTEGER}, ColumnKind.CATEGORY),
        ([None, None], {"x": Kind.INTEGER}, ColumnKind.EMPTY),
    ],
)
def test_a_declared_kind_goes_before_the_looks(values, kinds, kind):
    """A column is what the project says that it is, where its values can be that."""
    assert kind_of(values, kinds=kinds) is kind


def test_a_vocabulary_makes_a_category():
    """As in training."""
    assert kind_of([1, 20, 20], categories={"x": ["1", "20"]}) is ColumnKind.CATEGORY
