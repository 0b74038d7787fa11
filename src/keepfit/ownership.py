"""Who has what in which month: the products of a panel's entities as bits, and what their past says of them.

Training makes it of a whole panel, and serving of one record with its months before: what is known of the past is the
same by construction. Of a month without a row nothing is known, neither that a product is there nor that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_PRODUCTS = 64
UNKNOWN = -1
_LONGEST = 127  # months that an int8 can count
Bits = NDArray[np.uint64]
Places = NDArray[np.int64]
Cells = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Ownership:
    """What each entity has in each month.

    Attributes
    ----------
    products
        Names; the first is the lowest bit. Up to 64.
    bits
        Which of them are there, `(n_entities, n_months)`; the months follow one another.
    is_known
        Whether there is a row of it, `(n_entities, n_months)`.
    """

    products: tuple[str, ...]
    bits: Bits
    is_known: NDArray[np.bool_]

    def flags(self, bits: Bits) -> Cells:
        """Return bits as 0 and 1, `(n, n_products)`."""
        octets = np.ascontiguousarray(bits, dtype="<u8").view(np.uint8).reshape(len(bits), -1)
        return np.unpackbits(octets, axis=1, count=len(self.products), bitorder="little").view(np.int8)

    def additions(self) -> tuple[Bits, NDArray[np.bool_]]:
        """Return what the next month adds to each month, and where that is known, `(n_entities, n_months)` each.

        It is known where both months have a row: of the last month it never is.
        """
        added, is_known = np.zeros_like(self.bits), np.zeros_like(self.is_known)
        added[:, :-1] = self.bits[:, 1:] & ~self.bits[:, :-1]
        is_known[:, :-1] = self.is_known[:, 1:] & self.is_known[:, :-1]
        added[~is_known] = 0
        return added, is_known


def pack(flags: Iterable[NDArray[np.bool_]], rows: int) -> Bits:
    """Return flags as bits, the first as the lowest.

    Parameters
    ----------
    flags
        One array for each product, `(rows,)`.
    rows
        How many rows there are.
    """
    packed = np.zeros(rows, dtype=np.uint64)
    for place, flag in enumerate(flags):
        packed |= flag.astype(np.uint64) << np.uint64(place)
    return packed


def history_names(products: Sequence[str], lags: Sequence[int]) -> tuple[str, ...]:
    """Return the names of what `history` tells, in its order."""
    lagged = [f"owned_{lag}_ago__{product}" for lag in lags for product in products]
    since = [f"months_since_{event}__{product}" for event in ("added", "dropped") for product in products]
    return ("products_owned", "months_known", *lagged, *since)


def history(ownership: Ownership, entities: Places, months: Places, lags: Sequence[int]) -> Cells:
    """Return what the past of some rows says, `(n_rows, n_features)`; -1 where it is not known.

    How many products there are, how many months before are known, which products were there so many months ago, and how
    many months ago each was last added and last dropped. Nothing after the month of a row has a say in it.

    Parameters
    ----------
    ownership
        Of all entities.
    entities, months
        Of which of them in which month each row is, `(n_rows,)`.
    lags
        How many months back one looks, each 1 or more.
    """
    found = np.full((len(months), len(history_names(ownership.products, lags))), UNKNOWN, dtype=np.int8)
    width = len(ownership.products)
    for month, past in enumerate(_pasts(ownership)):
        rows = np.flatnonzero(months == month)
        if not len(rows):
            continue
        whose = entities[rows]
        part = np.empty((len(rows), found.shape[1]), dtype=np.int8)
        part[:, 0] = np.bitwise_count(ownership.bits[whose, month])
        part[:, 1] = past.months_known[whose]
        for at, lag in enumerate(lags):
            part[:, 2 + at * width : 2 + (at + 1) * width] = _ago(ownership, whose, month - lag)
        part[:, -2 * width : -width] = past.since_added[whose]
        part[:, -width:] = past.since_dropped[whose]
        found[rows] = part
    return found


@dataclass(slots=True)
class _Past:
    """What is known at a month: how many are before it, and for how long nothing was added or dropped."""

    months_known: Cells
    since_added: Cells
    since_dropped: Cells


def _pasts(ownership: Ownership) -> Iterator[_Past]:
    """Yield what is known at each month, from the first on; it is the same object, carried on."""
    entities, width = len(ownership.bits), len(ownership.products)
    never = (np.full((entities, width), UNKNOWN, dtype=np.int8) for _ in range(2))
    past = _Past(np.zeros(entities, dtype=np.int8), *never)
    for month in range(ownership.bits.shape[1]):
        if month:
            _carry_on(past, ownership, month)
        yield past


def _carry_on(past: _Past, ownership: Ownership, month: int) -> None:
    before, now = ownership.bits[:, month - 1], ownership.bits[:, month]
    were_known = ownership.is_known[:, month - 1]
    past.months_known += were_known
    both = np.where(were_known & ownership.is_known[:, month], ~np.uint64(0), np.uint64(0))
    for since, happened in ((past.since_added, now & ~before & both), (past.since_dropped, before & ~now & both)):
        since[(since >= 0) & (since < _LONGEST)] += 1
        since[ownership.flags(happened) == 1] = 0


def _ago(ownership: Ownership, whose: Places, month: int) -> Cells:
    if month < 0:
        return np.full((len(whose), len(ownership.products)), UNKNOWN, dtype=np.int8)
    flags = ownership.flags(ownership.bits[whose, month])
    flags[~ownership.is_known[whose, month]] = UNKNOWN
    return flags
