"""Customers of a panel as they would ask: a record of their month, the months before beside it, and what they added."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets import Additions
from keepfit.date_text import date_text
from keepfit.panel_record import HISTORY, MOST_MONTHS
from keepfit.signature import LISTED_BY, Kind, Offers, Signature
from keepfit.simulation.sent_records import sent_records


def panel_customers(
    frame: pl.DataFrame, signature: Signature, additions: Additions, rows: NDArray[np.int64]
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield rows of a panel as records with their history, each with the products that the next month added.

    Parameters
    ----------
    frame
        All rows of the panel's dataset.
    signature
        Its columns; a recommender's.
    additions
        What each row adds.
    rows
        Numbers of the rows that ask.
    """
    offers = signature.offers
    assert offers is not None  # noqa: S101 - of a panel
    part = frame[rows.tolist()]
    whom = part[offers.panel.entity].to_list()
    form, are_flags = _month_format(signature, offers), _flags(signature)
    for row, entity, record in zip(rows.tolist(), whom, sent_records(part, signature, {}), strict=True):
        earlier = _history(additions, offers, row, form=form, are_flags=are_flags)
        added = [product for product, is_added in zip(offers.products, additions.added[row], strict=True) if is_added]
        asked = {offers.panel.entity: entity, **record, HISTORY: earlier}
        yield asked, LISTED_BY.join(added) or signature.outcome.negative


def _history(
    additions: Additions, offers: Offers, row: int, *, form: str, are_flags: Collection[str]
) -> list[dict[str, Any]]:
    """Return the months before a row's own that are remembered and have a row, each by its first day."""
    entity, month = int(additions.entities[row]), int(additions.months[row])
    owned = additions.ownership
    first = max(0, month - min(offers.panel.memory, MOST_MONTHS))  # of what is older nothing is known
    flags = owned.flags(owned.bits[entity, first:month]).tolist()
    return [
        {offers.panel.month: _first_day(additions.month_names[at], form), **_as_sent(owned.products, has, are_flags)}
        for at, has in enumerate(flags, first)
        if owned.is_known[entity, at]
    ]


def _as_sent(products: Sequence[str], has: Sequence[int], are_flags: Collection[str]) -> dict[str, int | bool]:
    """Return the products of a month as a record has them: a flag is true or false."""
    told = zip(products, has, strict=True)
    return {product: bool(there) if product in are_flags else there for product, there in told}


def _first_day(month: str, form: str) -> str:
    return date_text(int(np.datetime64(month, "D").astype(np.int64)), form)


def _flags(signature: Signature) -> frozenset[str]:
    return frozenset(column.name for column in signature.columns if column.kind is Kind.FLAG)


def _month_format(signature: Signature, offers: Offers) -> str:
    return signature.columns[signature.names.index(offers.panel.month)].date_format
