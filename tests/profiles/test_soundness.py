"""What counts can be: all that were counted or added up are sound, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.profiles.category import category_profile
from keepfit.profiles.number import number_profile
from keepfit.profiles.soundness import require_sound

FLOATS = st.floats(width=32, allow_infinity=False, allow_subnormal=True) | st.integers(-3, 3).map(float)
NUMBERS = st.lists(FLOATS, max_size=40).map(lambda values: np.array(values, dtype=np.float32))
CODES = st.lists(st.integers(0, 400).map(float) | st.just(float("nan")), max_size=40).map(np.array)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([4, 160]))
def test_whatever_was_counted_is_sound(values, first, second, bins):
    """The reference, windows, and two of them together: of any numbers of the door."""
    reference = number_profile("x", values, bins)
    for found in (reference, reference.count(first), reference.count(first).merged(reference.count(second))):
        require_sound(found)


@given(CODES, CODES, st.sampled_from([0, 2, 200, 201, 300]))
def test_whatever_labels_were_counted_are_sound(values, window, size):
    """Of small and of large vocabularies, with labels that are in none."""
    reference = category_profile("job", tuple(f"j{number}" for number in range(size)), values.astype(np.float64))
    require_sound(reference)
    require_sound(reference.count(window.astype(np.float64)).merged(reference))


@given(st.lists(st.floats(-1e6, 1e6) | st.floats(-1e-44, 1e-44), min_size=1, max_size=40), st.integers(1, 10**6))
def test_sums_of_values_that_were_not_rounded_are_sound(values, times):
    """A database counts a float64 in the bin that float32 has it in, and adds it up as it is."""
    exact = np.array(values)
    rounded = exact.astype(np.float32)
    found = number_profile("x", rounded).count(rounded, np.full(len(values), times))
    own = np.searchsorted(found.edges, rounded.astype(np.float64))
    sums = np.bincount(own, exact * times, minlength=len(found.sums))
    require_sound(replace(found, sums=tuple(sums.tolist()), squares=float(times * exact @ exact)))


SMALL = category_profile("job", ("a", "b"), np.array([0.0, 1.0, 1.0]))
LARGE = category_profile("town", tuple(map(str, range(300))), np.array([0.0, 299.0]))


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        (SMALL, {"buckets": (1,)}),
        (SMALL, {"vocabulary": 99}),
        (SMALL, {"codes": (1, 0)}),
        (SMALL, {"seen_once": -9}),
        (SMALL, {"seen_once": 4}),
        (SMALL, {"unseen": 2**53 + 1}),
        (LARGE, {"buckets": LARGE.buckets[:-1]}),
        (LARGE, {"codes": (*LARGE.codes[:-1], 300)}),
        (LARGE, {"codes": (-1, *LARGE.codes[1:])}),
        (LARGE, {"codes": LARGE.codes[::-1]}),
        (LARGE, {"codes": ()}),
    ],
)
def test_counts_that_no_labels_have_are_refused(column, changes):
    """Buckets and codes belong to a large vocabulary, and no more labels are seen once than there are rows."""
    with pytest.raises(ValueError, match=f"{column.name}: its counts do not fit its bins"):
        require_sound(replace(column, **changes))


NUMBER = number_profile("age", np.array([1.0, 2.0, 2.0, np.nan]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"edges": NUMBER.edges[::-1]}, "counts do not fit its bins"),
        ({"missing": -1}, "counts do not fit its bins"),
        ({"sums": (*NUMBER.sums[:-1], 1.0)}, "sums or extremes"),
        ({"squares": 1e9}, "sums or extremes"),
        ({"squares": float("nan")}, "sums or extremes"),
        ({"minimum": 2.0}, "sums or extremes"),
        ({"minimum": -1e300}, "sums or extremes"),
        ({"maximum": 1e30}, "sums or extremes"),
        ({"maximum": 0.5}, "sums or extremes"),
        ({"maximum": float("nan")}, "sums or extremes"),
        ({"minimum": None, "maximum": None}, "sums or extremes"),
    ],
)
def test_sums_that_no_values_have_are_refused(changes, said):
    """Each bin holds the values between its edges, the first that is held the least of them, the last the greatest."""
    with pytest.raises(ValueError, match=said):
        require_sound(replace(NUMBER, **changes))
