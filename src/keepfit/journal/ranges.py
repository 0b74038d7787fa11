"""Ranges of numbers, both ends included: how a journal says which rows are meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

Range = tuple[int, int]


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return the same numbers as ranges that ascend and don't touch each other.

    Examples
    --------
    >>> merged([(7, 9), (1, 2), (3, 5)])
    [(1, 5), (7, 9)]
    """
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def extend(ranges: list[Range], number: int) -> None:
    """Add a number that is none of theirs, and after them when numbers ascend."""
    if ranges and ranges[-1][1] == number - 1:
        ranges[-1] = (ranges[-1][0], number)
    else:
        ranges.append((number, number))


def without(ranges: Sequence[Range], others: Sequence[Range]) -> list[Range]:
    """Return the numbers of ranges that are in none of the others; both as `merged` returns them.

    Examples
    --------
    >>> without([(1, 9)], [(2, 3), (9, 12)])
    [(1, 1), (4, 8)]
    """
    left: list[Range] = []
    at = 0
    for first, last in ranges:
        begin = first
        while at < len(others) and others[at][1] < begin:
            at += 1
        nearest = at
        while nearest < len(others) and others[nearest][0] <= last:
            if others[nearest][0] > begin:
                left.append((begin, others[nearest][0] - 1))
            begin = others[nearest][1] + 1
            nearest += 1
        if begin <= last:
            left.append((begin, last))
    return left


def meets(ranges: Sequence[Range], first: int, last: int) -> bool:
    """Say whether any number from `first` to `last` is in ranges as `merged` returns them."""
    at = bisect_left(ranges, first, key=lambda one: one[1])
    return at < len(ranges) and ranges[at][0] <= last


def pieces(ranges: Iterable[Range], numbers: int) -> Iterator[list[Range]]:
    """Return the ranges in lists of at most so many numbers.

    Examples
    --------
    >>> list(pieces([(1, 1), (4, 8)], 3))
    [[(1, 1), (4, 5)], [(6, 8)]]
    """
    piece: list[Range] = []
    room = numbers
    for first, last in ranges:
        begin = first
        while begin <= last:
            end = min(last, begin + room - 1)
            piece.append((begin, end))
            room -= end - begin + 1
            begin = end + 1
            if not room:
                yield piece
                piece, room = [], numbers
    if piece:
        yield piece


def told(one: Range) -> str:
    """Return a range as people write it."""
    first, last = one
    return str(first) if first == last else f"{first}-{last}"
