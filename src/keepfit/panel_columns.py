"""What makes a table a panel, or a record one of a panel: whom it is about, its month, and the products."""

from __future__ import annotations

from dataclasses import dataclass

MOST_PRODUCTS = 64  # what an entity has in a month is one integer of so many bits
NOTHING, SOMETHING = "nothing", "something"  # the classes of a row: whether the next month adds a product


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """The columns of a panel.

    Attributes
    ----------
    entity, month
        Whom a row is about, and a day of the month that it is of.
    products
        What an entity has: 1, or 0; a missing value means that it has it not.
    date_format
        How the days are written; in a table a type of dates has none.
    lags
        How many months back it is asked what was owned.
    memory
        How many months back anything is known.
    """

    entity: str
    month: str
    products: tuple[str, ...]
    date_format: str = "%Y-%m-%d"
    lags: tuple[int, ...] = (1, 2, 3, 5)
    memory: int = 6
