"""What both ways make of a panel, and how it is compared: sums over all rows and products, what is unknown left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LAGS = (1, 2, 3, 5)


def checksums(cells: NDArray[Any], width: int) -> list[list[int]]:
    """Return how many cells are known and their sum, for each block of so many columns."""
    found = []
    for first in range(0, cells.shape[1], width):
        part = cells[:, first : first + width]
        unknown = int(np.count_nonzero(part == -1))
        found.append([part.size - unknown, int(part.sum(dtype=np.int64)) + unknown])
    return found
