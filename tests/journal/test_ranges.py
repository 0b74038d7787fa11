"""Ranges of numbers are as good as the sets that they stand for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keepfit.journal.ranges import extend, meets, merged, pieces, told, without

NUMBERS = st.sets(st.integers(1, 60))


def ranges_of(numbers) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        extend(found, number)
    return found


def numbers_of(ranges) -> list[int]:
    return [number for first, last in ranges for number in range(first, last + 1)]


@given(NUMBERS, NUMBERS)
def test_they_are_sets(some, others):
    """Union, difference and common numbers are those of the sets; the result ascends and is as short as can be."""
    one, other = ranges_of(some), ranges_of(others)
    assert numbers_of(one) == sorted(some)
    assert merged([*other, *one]) == ranges_of(some | others)
    assert without(one, other) == ranges_of(some - others)
    assert all(meets(one, number, number) == (number in some) for number in range(62))
    assert meets(one, 10, 30) == any(10 <= number <= 30 for number in some)


@given(NUMBERS, st.integers(1, 7))
def test_pieces_are_small_and_complete(numbers, most):
    """Each piece has at most so many numbers, all but the last exactly so many."""
    found = [numbers_of(piece) for piece in pieces(ranges_of(numbers), most)]
    assert [number for piece in found for number in piece] == sorted(numbers)
    assert all(len(piece) == most for piece in found[:-1])


def test_they_are_told():
    """A range of one is a number."""
    assert (told((3, 3)), told((3, 5))) == ("3", "3-5")
