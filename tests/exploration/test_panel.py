"""The facts of a panel: counted by hand, and of the same rows as what is learnt."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from keepfit.datasets import SourcedTable, read_panel_rows
from keepfit.datasets.source import Origin
from keepfit.datasets.twins.santander import generate
from keepfit.exploration import describe_panel
from keepfit.project import read_project
from keepfit.project.data_section import DataSection
from keepfit.project.panel_section import PanelSection

EXAMPLE = Path(__file__).parents[2] / "examples" / "product-recommendation" / "keepfit.toml"
NAMES = {"ru": {"card": "Карта"}, "en": {"card": "Card"}}
ROWS = [  # a customer of all months, one with a gap in the third, one of two months, and one of the last
    *[(1, f"2015-0{month}-28", card, 0) for month, card in enumerate((0, 1, 1, 0, 0), 1)],
    *[(2, f"2015-0{month}-28", card, loan) for month, card, loan in ((1, 0, 1), (2, 0, 1), (4, 1, 0), (5, 1, 0))],
    *[(3, "2015-03-28", 1, 0), (3, "2015-04-28", 0, 1), (4, "2015-05-28", 0, 0)],
]


def table_of(frame) -> SourcedTable:
    return SourcedTable(frame, "t.csv", Origin.FILE, "t.csv", Path("t.csv"), "0" * 64)


def described(rows=ROWS, names=NAMES):
    data = DataSection(source="t.csv", target="added", entity="who")
    section = PanelSection(
        month="month", products=["card", "loan"], train_from="2015-02", hold_from="2015-04", names=names
    )
    frame = pl.DataFrame(rows, ["who", "month", "card", "loan"], orient="row")
    return describe_panel(read_panel_rows(table_of(frame), data, section), section)


def test_customers_and_their_gaps_are_counted():
    """The second lacks a month between others; the third lacks none, as he came later and left; the fourth was once."""
    facts = described()
    assert (facts.rows, facts.customers, facts.with_gaps, facts.missing_months, facts.once) == (12, 4, 1, 1, 1)


def test_each_month_has_its_rows_its_use_and_its_share():
    """Of the last one nothing is known; what is added before is no addition where it cannot be learnt."""
    months = described().months
    assert [(month.name, month.use.value, month.rows, month.arrived, month.followed) for month in months] == [
        ("2015-01", "before", 2, 2, 2),
        ("2015-02", "teaches", 2, 0, 1),
        ("2015-03", "teaches", 2, 1, 2),
        ("2015-04", "held out", 3, 0, 2),
        ("2015-05", "last", 3, 1, 0),
    ]
    assert [month.adding.value for month in months[:-1]] == [0.0, 0.0, 0.5, 0.0]
    assert math.isnan(months[-1].adding.value)


def test_each_product_is_counted_by_rows_and_by_customers():
    """Nothing is added or dropped across a gap: that of the second customer hides a card added and a loan dropped."""
    card, loan = described().products
    assert (card.owned, card.added, card.dropped) == ((0, 1, 2, 1, 1), (1, 0, 0, 0, 0), (0, 0, 2, 0, 0))
    assert (card.owners, card.adders, card.droppers) == (3, 1, 2)
    assert (loan.owned, loan.added, loan.dropped) == ((1, 1, 0, 1, 0), (0, 0, 1, 0, 0), (0, 0, 0, 0, 0))
    assert (loan.owners, loan.adders, loan.droppers) == (2, 1, 0)


def test_a_product_that_nobody_adds_in_the_months_that_teach_is_named():
    """Though somebody added it before."""
    assert [product.column for product in described().never_added] == ["card"]


@pytest.mark.parametrize(
    ("names", "title"), [(NAMES, "Card"), ({"ru": NAMES["ru"]}, "Карта"), ({}, "card"), ({"en": {"loan": "L"}}, "card")]
)
def test_products_are_called_in_english_where_they_can_be(names, title):
    """Else in the first language, else as their columns."""
    assert described(names=names).products[0].title == title


def test_the_months_hold_the_rows_that_are_learnt_from():
    """On a generated panel: rows, customers, additions and the share of each month add up to those of the dataset."""
    project = read_project(EXAMPLE)
    read = read_panel_rows(table_of(generate(7, 20_000)), project.data, project.panel)
    facts = describe_panel(read, project.panel)
    assert sum(month.rows for month in facts.months) == facts.rows == 20_000
    assert sum(month.arrived for month in facts.months) == facts.customers
    taught = [month for month in facts.months if month.use.value == "teaches"]
    assert sum(month.followed for month in taught) == len(read.parts.train)
    adding = sum(month.adding.value * month.followed for month in taught)
    assert adding == pytest.approx(read.adds[read.parts.train].sum())
    assert {product.column for product in facts.never_added} == set(read.parts.never_added)
    owned = sum(sum(product.owned) for product in facts.products)
    assert owned == read.frame.select(pl.sum_horizontal(pl.col(project.panel.products).sum())).item()
