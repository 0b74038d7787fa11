"""The sections of a page about a panel: its months and customers, and its products by month."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from keepfit.exploration.panel import PanelFacts, PanelProduct
from keepfit.reporting import Bullets, Cell, Figure, Section, Table, TableColumn, Worded
from keepfit.reporting.figures import Interval, interval_chart, value_grid
from keepfit.signature import Outcome

_OF_CUSTOMERS = 10_000
_WHOLE = 9.95  # from here on a decimal says little


def panel_sections(facts: PanelFacts, outcome: Outcome) -> Iterator[Section]:
    """Yield the sections about a panel.

    Parameters
    ----------
    facts
        What there is to say of it.
    outcome
        The target that is made of it.
    """
    yield Section("The panel", [Bullets(list(panel_sentences(facts))), _months_chart(facts, outcome), _months(facts)])
    lead = (
        "A product is added, or dropped, from one month to the next; it is counted in the first of the two, and "
        "beside it stands by how many customers. A missing value counts as not owned. Each row of "
        "a figure has shades of its own."
    )
    yield Section("Products by month", [_products(facts), *_grids(facts)], lead=lead)


def panel_sentences(facts: PanelFacts) -> Iterator[str]:
    """Yield what a panel consists of, and what of it is left out and why."""
    first, last = facts.months[0].name, facts.months[-1].name
    yield (
        f"{facts.customers:,} customers ({facts.entity}) in {len(facts.months)} months, {first} to {last}: "
        f"{facts.rows:,} rows, one for each customer and month."
    )
    if facts.with_gaps:
        yield (
            f"{facts.with_gaps:,} customers lack rows between their first and their last, {facts.missing_months:,} in "
            "all: what is added or dropped across a gap is not known."
        )
    else:
        yield "No customer lacks a row between the first and the last."
    if facts.once:
        yield f"{facts.once:,} customers have one row only: what comes next is not known of any of them."
    for part in facts.left_out:
        yield f"{part.rows:,} rows are left out below, and in training, as {part.reason}."
    if facts.never_added:
        names = ", ".join(_name(product) for product in facts.never_added)
        yield f"Left out of training, as no row of the months that teach adds it: {names}."


def _name(product: PanelProduct) -> str:
    return product.title if product.title == product.column else f"{product.title} ({product.column})"


def _months_chart(facts: PanelFacts, outcome: Outcome) -> Figure:
    marks = []
    for month in facts.months[:-1]:
        share, label = month.adding, f"{month.name}, {month.use} ({month.followed:,})"
        marks.append(Interval(label, share.value, share.low, share.high))
    return interval_chart(f"Share of rows whose {outcome.name} is {outcome.positive}, by month", marks)


def _months(facts: PanelFacts) -> Table:
    columns = [
        TableColumn("month"),
        TableColumn("use"),
        TableColumn("rows", is_number=True),
        TableColumn("new customers", is_number=True),
        TableColumn("known next month", is_number=True),
        TableColumn("of these add something", is_number=True),
    ]
    rows: list[list[Cell]] = []
    for month in facts.months:
        share = month.adding
        low, high = share.low, share.high
        said = Worded(f"{share.value:.2%} [{low:.2%}, {high:.2%}]", share.value) if month.followed else None
        rows.append([month.name, month.use, month.rows, month.arrived, month.followed, said])
    return Table(columns, rows)


def _products(facts: PanelFacts) -> Table:
    last = facts.months[-1]
    columns = [
        TableColumn("product"),
        TableColumn("column"),
        TableColumn(f"owned, {last.name}", is_number=True, form=".2%"),
        TableColumn("ever, by", is_number=True),
        TableColumn("added", is_number=True),
        TableColumn("by", is_number=True),
        TableColumn("dropped", is_number=True),
        TableColumn("by", is_number=True),
        TableColumn("learnt"),
    ]
    rows: list[list[Cell]] = [
        [
            product.title,
            product.column,
            product.owned[-1] / last.rows,
            product.owners,
            sum(product.added),
            product.adders,
            sum(product.dropped),
            product.droppers,
            "yes" if product.is_learnt else "no",
        ]
        for product in sorted(facts.products, key=lambda product: -product.owned[-1])
    ]
    return Table(columns, rows)


def _grids(facts: PanelFacts) -> Iterator[Figure]:
    """Yield how many have, add and drop each product by month, those that most have first."""
    products = sorted(facts.products, key=lambda product: -product.owned[-1])
    names, rows = [product.title for product in products], [month.rows for month in facts.months]
    followed = [month.followed for month in facts.months[:-1]]
    months = [month.name for month in facts.months]
    yield value_grid(
        f"Owned by, of {_OF_CUSTOMERS:,} customers",
        names,
        months,
        [_shares(product.owned, rows) for product in products],
        write=_written,
    )
    for said, counts in (
        ("Added by the next month, of", [product.added for product in products]),
        ("Dropped by the next month, of", [product.dropped for product in products]),
    ):
        shares = [_shares(line[:-1], followed) for line in counts]
        yield value_grid(f"{said} {_OF_CUSTOMERS:,} customers", names, months[:-1], shares, write=_written)


def _shares(counts: Sequence[int], rows: Sequence[int]) -> list[float]:
    return [count / of * _OF_CUSTOMERS if of else math.nan for count, of in zip(counts, rows, strict=True)]


def _written(value: float) -> str:
    return f"{value:.0f}" if value >= _WHOLE or not value else f"{value:.1f}"
