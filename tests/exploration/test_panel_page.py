"""What a page says of a panel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keepfit.datasets import LeftOut
from keepfit.evaluation import share_of
from keepfit.exploration import PanelFacts
from keepfit.exploration.panel import MonthUse, PanelMonth, PanelProduct
from keepfit.exploration.panel_page import panel_sections, panel_sentences
from keepfit.reporting import Page, Table, render_html
from keepfit.signature import Outcome

FACTS = PanelFacts(
    entity="who",
    month="day",
    rows=5_000,
    customers=2_000,
    with_gaps=30,
    missing_months=40,
    once=7,
    months=(
        PanelMonth("2015-01", MonthUse.TEACHES, 1_000, 1_000, 800, share_of(40, 800)),
        PanelMonth("2015-02", MonthUse.HELD_OUT, 2_000, 1_000, 1_500, share_of(60, 1_500)),
        PanelMonth("2015-03", MonthUse.LAST, 2_000, 0, 0, share_of(0, 0)),
    ),
    products=(
        PanelProduct("loan", "loan", False, 1, 0, 1, (1, 0, 0), (0, 0, 0), (1, 0, 0)),
        PanelProduct("card", "Card <b>", True, 90, 100, 3, (50, 80, 100), (40, 60, 0), (1, 2, 0)),
    ),
    left_out=(LeftOut(12, "they are odd"),),
)
UNKNOWN = "what is added or dropped across a gap is not known."


def test_a_panel_is_told_in_sentences():
    """Its size, its gaps, what is left out and why, and what cannot be learnt."""
    assert list(panel_sentences(FACTS)) == [
        "2,000 customers (who) in 3 months, 2015-01 to 2015-03: 5,000 rows, one for each customer and month.",
        f"30 customers lack rows between their first and their last, 40 in all: {UNKNOWN}",
        "7 customers have one row only: what comes next is not known of any of them.",
        "12 rows are left out below, and in training, as they are odd.",
        "Left out of training, as no row of the months that teach adds it: loan.",
    ]


def test_a_panel_without_gaps_says_so():
    """And nothing of what there is none of."""
    facts = replace(FACTS, with_gaps=0, missing_months=0, once=0, left_out=(), products=FACTS.products[1:])
    assert list(panel_sentences(facts))[1:] == ["No customer lacks a row between the first and the last."]


@pytest.fixture
def sections():
    return tuple(panel_sections(FACTS, Outcome("added", "nothing", "something")))


def test_months_and_products_have_a_row_each(sections):
    """What most have comes first; a month that nothing follows has no share."""
    months, products = (next(block for block in section.blocks if isinstance(block, Table)) for section in sections)
    assert [row[0] for row in months.rows] == ["2015-01", "2015-02", "2015-03"]
    assert months.rows[0][-1].text.startswith("5.00% [")
    assert months.rows[-1][-1] is None
    assert [list(row) for row in products.rows] == [
        ["Card <b>", "card", 0.05, 90, 100, 100, 3, 3, "yes"],
        ["loan", "loan", 0.0, 1, 0, 0, 1, 1, "no"],
    ]


def test_the_figures_are_of_ten_thousand_customers(sections):
    """Owned of all rows of the month, added and dropped of those whose next month is known; names are escaped."""
    owned, added, dropped = sections[1].blocks[1:]
    assert "Card &lt;b&gt;, 2015-01: 500<" in owned.svg
    assert "Card &lt;b&gt;, 2015-01: 500<" in added.svg
    assert "Card &lt;b&gt;, 2015-02: 400<" in added.svg
    assert "loan, 2015-01: 12<" in dropped.svg
    assert "2015-03" not in added.svg
    assert "<b>" not in render_html(Page("t", "s", sections))
