"""What the rows of a panel's dataset add in the month after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.ownership import Ownership, Places

Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Additions:
    """What is added, and what could be.

    Attributes
    ----------
    added, is_open
        Which products the next month adds, and which it could as they are not owned, `(n_rows, n_products)`: those that
        are ever added in the months that teach.
    entities, months
        Numbers of each row's entity and month, `(n_rows,)`.
    ownership
        What each entity had in each month of the whole panel.
    month_names
        The months by their number: `2015-01`.
    never_added
        The other products: nothing can be learnt of them.
    """

    added: Cells
    is_open: Cells
    entities: Places
    months: Places
    ownership: Ownership
    month_names: tuple[str, ...]
    never_added: tuple[str, ...]

    def last_month(self, rows: Places) -> str:
        """Return the last month of some rows."""
        return self.month_names[int(self.months[rows].max())]

    def first_month(self, rows: Places) -> str:
        """Return the first month of some rows."""
        return self.month_names[int(self.months[rows].min())]
