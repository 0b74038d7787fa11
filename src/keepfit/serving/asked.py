"""A record that has passed the door, on its way to its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from keepfit.arrays import Matrix


class Asked(NamedTuple):
    """A record that has passed the door.

    Attributes
    ----------
    row
        Its float32 numbers, as bytes.
    sent
        The record as it was sent, JSON.
    entity
        Whom it is about.
    """

    row: bytes
    sent: str
    entity: str | None


def matrix_of(asked: Sequence[Asked]) -> Matrix:
    """Return the rows of some records, `(n_rows, n_features)`."""
    return np.frombuffer(b"".join([one.row for one in asked]), dtype=np.float32).reshape(len(asked), -1)
