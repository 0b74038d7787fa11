"""The facts of a panel: its months, its customers, and how often each product is owned, added and dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from keepfit.datasets import LeftOut, PanelRows
from keepfit.evaluation import Estimate, share_of
from keepfit.ownership import Bits, Ownership
from keepfit.project.panel_section import PanelSection


class MonthUse(StrEnum):
    """What the rows of a month are for."""

    BEFORE = "before"
    TEACHES = "teaches"
    HELD_OUT = "held out"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class PanelMonth:
    """A month of the panel.

    Attributes
    ----------
    name, use
        The month, `2015-01`, and what its rows are for.
    rows
        Its rows, each of another customer.
    arrived
        Those whose customer has no row before.
    followed
        Those whose customer has a row in the next month too.
    adding
        Of these the share that adds a product that can be learnt; NaN where there are none.
    """

    name: str
    use: MonthUse
    rows: int
    arrived: int
    followed: int
    adding: Estimate


@dataclass(frozen=True, slots=True)
class PanelProduct:
    """A product of the panel; what it counts by month goes by the month of the row.

    Attributes
    ----------
    column, title
        Its column, and what it is called.
    is_learnt
        Whether a row of the months that teach adds it.
    owners, adders, droppers
        Customers who have it in some month, who add it from one month to the next, and who drop it.
    owned
        Rows that have it, by month.
    added, dropped
        Rows that have it not and add it by the next month, and that have it and drop it; of the last month none.
    """

    column: str
    title: str
    is_learnt: bool
    owners: int
    adders: int
    droppers: int
    owned: tuple[int, ...]
    added: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """A panel, described over all its rows.

    Attributes
    ----------
    entity, month
        The columns of customer and month.
    rows, customers
        How many there are.
    with_gaps, missing_months
        Customers who lack a row between their first and their last, and how many rows they lack: nothing is known to be
        added or dropped across them.
    once
        Customers with one row only.
    months
        Every month, in order.
    products
        Every product, in the order of the project.
    left_out
        Rows that neither teach nor are held out, and why.
    """

    entity: str
    month: str
    rows: int
    customers: int
    with_gaps: int
    missing_months: int
    once: int
    months: tuple[PanelMonth, ...]
    products: tuple[PanelProduct, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def never_added(self) -> tuple[PanelProduct, ...]:
        """The products that no row of the months that teach adds: nothing can be learnt of them."""
        return tuple(product for product in self.products if not product.is_learnt)


def describe_panel(rows: PanelRows, section: PanelSection) -> PanelFacts:
    """Describe a panel.

    Parameters
    ----------
    rows
        The panel, read and split.
    section
        What the project declares of it: products are called by their English names, by those of the first language
        where there are none, and else as their columns.
    """
    panel, known = rows.panel, rows.panel.ownership.is_known
    last = known.shape[1] - known[:, ::-1].argmax(axis=1)
    counts = known.sum(axis=1)
    lacking = last - known.argmax(axis=1) - counts
    return PanelFacts(
        entity=panel.columns.entity,
        month=panel.columns.month,
        rows=rows.frame.height,
        customers=len(known),
        with_gaps=int((lacking > 0).sum()),
        missing_months=int(lacking.sum()),
        once=int((counts == 1).sum()),
        months=tuple(_months(rows)),
        products=tuple(_products(rows, section)),
        left_out=rows.left_out,
    )


def _months(rows: PanelRows) -> Iterator[PanelMonth]:
    panel, known = rows.panel, rows.panel.ownership.is_known
    names = panel.month_names
    arrived = np.bincount(known.argmax(axis=1), minlength=len(names))
    adding = np.bincount(panel.months[rows.adds], minlength=len(names))
    for at, name in enumerate(names):
        followed = int((known[:, at] & known[:, at + 1]).sum()) if at + 1 < len(names) else 0
        share = share_of(int(adding[at]), followed)
        yield PanelMonth(name, _use(rows, at), int(known[:, at].sum()), int(arrived[at]), followed, share)


def _use(rows: PanelRows, month: int) -> MonthUse:
    if month == len(rows.panel.month_names) - 1:
        return MonthUse.LAST
    if month < rows.parts.first:
        return MonthUse.BEFORE
    return MonthUse.TEACHES if month < rows.parts.held else MonthUse.HELD_OUT


def _products(rows: PanelRows, section: PanelSection) -> Iterator[PanelProduct]:
    ownership = rows.panel.ownership
    titles = section.names.get("en") or next(iter(section.names.values()), {})
    events = (ownership.bits, ownership.additions()[0], ownership.drops())
    owned, added, dropped = (_by_month(ownership, bits) for bits in events)
    owners, adders, droppers = (_customers(ownership, bits) for bits in events)
    for at, column in enumerate(ownership.products):
        yield PanelProduct(
            column=column,
            title=titles.get(column, column),
            is_learnt=column in rows.parts.products,
            owners=int(owners[at]),
            adders=int(adders[at]),
            droppers=int(droppers[at]),
            owned=tuple(owned[:, at].tolist()),
            added=tuple(added[:, at].tolist()),
            dropped=tuple(dropped[:, at].tolist()),
        )


def _by_month(ownership: Ownership, bits: Bits) -> NDArray[np.int64]:
    """Return how many have what in each month, `(n_months, n_products)`; one month at a time, as flags take room."""
    return np.array([ownership.flags(month).sum(axis=0, dtype=np.int64) for month in bits.T])


def _customers(ownership: Ownership, bits: Bits) -> NDArray[np.int64]:
    """Return how many have what in some month, `(n_products,)`."""
    return np.asarray(ownership.flags(np.bitwise_or.reduce(bits, axis=1)).sum(axis=0, dtype=np.int64))
