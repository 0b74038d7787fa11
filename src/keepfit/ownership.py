"""Who has what in which month: the products of a panel's entities as bits, and what their past says of them.

Training makes it of a whole panel, and serving of one record with its months before: what is known of the past is the
same by construction. Of a month without a row nothing is known, neither that a product is there nor that it is not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1
LONGEST = 127  # months that an int8 can count
SUMMARIES = ("products_owned", "months_known")  # what the past says of all products together
_ENTITIES_AT_ONCE = 1024
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
        """Return bits of any shape as 0 and 1, with the products as the last axis."""
        octets = np.ascontiguousarray(bits, dtype="<u8")[..., None].view(np.uint8)
        return np.unpackbits(octets, axis=-1, count=len(self.products), bitorder="little").view(np.int8)

    def part(self, begin: int, end: int) -> Ownership:
        """Return the entities of a range of numbers."""
        return Ownership(self.products, self.bits[begin:end], self.is_known[begin:end])

    def of(self, products: Sequence[str]) -> Ownership:
        """Return the same of some of the products, in their order."""
        if tuple(products) == self.products:
            return self
        bits = np.zeros_like(self.bits)
        for place, product in enumerate(products):
            bits |= (self.bits >> np.uint64(self.products.index(product)) & np.uint64(1)) << np.uint64(place)
        return Ownership(tuple(products), bits, self.is_known)

    def additions(self) -> tuple[Bits, NDArray[np.bool_]]:
        """Return what the next month adds to each month, and where that is known, `(n_entities, n_months)` each.

        It is known where both months have a row: of the last month it never is.
        """
        added, is_known = np.zeros_like(self.bits), np.zeros_like(self.is_known)
        added[:, :-1] = self.bits[:, 1:] & ~self.bits[:, :-1]
        is_known[:, :-1] = self.is_known[:, 1:] & self.is_known[:, :-1]
        added[~is_known] = 0
        return added, is_known

    def drops(self) -> Bits:
        """Return what is there in each month and not in the next, where both are known, `(n_entities, n_months)`."""
        dropped = np.zeros_like(self.bits)
        both = self.is_known[:, 1:] & self.is_known[:, :-1]
        dropped[:, :-1] = np.where(both, self.bits[:, :-1] & ~self.bits[:, 1:], np.uint64(0))
        return dropped


def pack(flags: Iterable[NDArray[np.bool_]], rows: int) -> Bits:
    """Return flags as bits, the first as the lowest.

    Parameters
    ----------
    flags
        One array for each product, `(rows,)`.
    rows
        How many rows there are.
    """
    packed, left = np.zeros(rows, dtype=np.uint64), iter(flags)
    for first in range(0, 64, 8):
        octet = np.zeros(rows, dtype=np.uint8)
        for place, flag in enumerate(islice(left, 8)):
            octet |= flag.view(np.uint8) << np.uint8(place)
        packed |= octet.astype(np.uint64) << np.uint64(first)
    return packed


def history_names(products: Sequence[str], lags: Sequence[int]) -> tuple[str, ...]:
    """Return the names of what `history` tells, in its order."""
    lagged = [f"owned_{lag}_ago__{product}" for lag in lags for product in products]
    since = [f"months_since_{event}__{product}" for event in ("added", "dropped") for product in products]
    return (*SUMMARIES, *lagged, *since)


def history(
    ownership: Ownership,
    entities: Places,
    months: Places,
    lags: Sequence[int],
    *,
    memory: int,
    workers: int = 1,
) -> Cells:
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
    memory
        How many months back anything is known, up to 127: what was added or dropped before that, it is as if it never
        was.
    workers
        Threads that share the entities.
    """
    found = np.empty((len(months), len(history_names(ownership.products, lags))), dtype=np.int8)
    is_sorted = bool((entities[1:] >= entities[:-1]).all())
    order = np.arange(len(entities)) if is_sorted else np.argsort(entities, kind="stable")
    first_of = np.concatenate(([0], np.cumsum(np.bincount(entities, minlength=len(ownership.bits)))))

    def tell(begin: int) -> None:
        end = min(begin + _ENTITIES_AT_ONCE, len(ownership.bits))
        rows = order[first_of[begin] : first_of[end]]
        if len(rows):
            told = _of_all_months(ownership.part(begin, end), lags, memory)
            places = months[rows] * told.shape[1] + entities[rows] - begin
            part = told.reshape(-1, told.shape[2])
            if is_sorted:
                np.take(part, places, axis=0, out=found[rows[0] : rows[-1] + 1], mode="clip")
            else:
                found[rows] = part.take(places, axis=0)

    begins = range(0, len(ownership.bits), _ENTITIES_AT_ONCE)
    if workers == 1:
        for begin in begins:
            tell(begin)
    else:
        with ThreadPoolExecutor(workers) as pool:
            deque(pool.map(tell, begins), maxlen=0)
    return found


def _of_all_months(ownership: Ownership, lags: Sequence[int], memory: int) -> Cells:
    """Return what the past of each entity says in each month, `(n_months, n_entities, n_features)`."""
    bits, is_known, width = ownership.bits.T, np.ascontiguousarray(ownership.is_known.T), len(ownership.products)
    told = np.empty((*bits.shape, len(history_names(ownership.products, lags))), dtype=np.int8)
    told[..., 0] = np.bitwise_count(bits)
    told[0, :, 1] = 0
    np.cumsum(is_known[:-1], axis=0, out=told[1:, :, 1])
    told[memory + 1 :, :, 1] -= told[1:-memory, :, 1].copy()
    flags = ownership.flags(bits)
    known_flags = np.where(is_known[..., None], flags, np.int8(UNKNOWN))
    for at, lag in enumerate(lags):
        ago = told[..., 2 + at * width : 2 + (at + 1) * width]
        ago[:lag] = UNKNOWN
        ago[lag:] = known_flags[:-lag]
    are_known = (is_known[1:] & is_known[:-1])[..., None]
    change = np.where(are_known, flags[1:] - flags[:-1], np.int8(0))
    told[..., -2 * width : -width] = _months_since(change == 1, memory)
    told[..., -width:] = _months_since(change == -1, memory)
    return told


def _months_since(happened: NDArray[np.bool_], memory: int) -> Cells:
    """Return for how many months something has not happened, 0 where it does, by month.

    Parameters
    ----------
    happened
        Of the second month and on, `(n_months - 1, …)`.
    memory
        After so many months nobody knows that it has.
    """
    since = np.full((len(happened) + 1, *happened.shape[1:]), UNKNOWN, dtype=np.int8)
    for month, now in enumerate(happened, 1):
        before = since[month - 1]
        np.add(before, 1, out=since[month], where=(before >= 0) & (before < memory - 1))
        np.copyto(since[month], 0, where=now)
    return since
