"""Values that may stand for a missing one."""

from __future__ import annotations

import polars as pl
import pytest

from keepfit.datasets.sentinels import sentinels


def found(values):
    known = pl.Series("x", values).drop_nulls()
    return sentinels(known, known.value_counts(sort=True))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", "unknown", "N/A", "b", None] * 9, (("N/A", 9), ("unknown", 9))),
        ([-1] * 20 + list(range(0, 300, 3)), (("-1", 20),)),
        ([-1.0] * 20 + [at / 2 for at in range(300)], (("-1", 20),)),
        ([999] * 5 + list(range(18, 80)), (("999", 5),)),
        ([-1, -2, 3, 5] * 20, ()),
        (list(range(900, 1100)), ()),
        ([0, -1, 1], (("-1", 1),)),
        ([True, False], ()),
        ([], ()),
    ],
)
def test_words_for_missing_are_suspected(values, expected):
    """`unknown`, a -1 among values never below 0, a 999 far beyond the others; not a -1 among negative numbers."""
    assert found(values) == expected


@pytest.mark.parametrize("several", [(-9, -99), (99, 999), (-1, 9999)])
def test_one_does_not_hide_the_other(several):
    """Several of them stand apart from the other values, not from each other."""
    assert dict(found([*several] * 10 + list(range(40)))) == {str(value): 10 for value in several}


def test_nothing_but_suspects_is_no_suspicion():
    """Values that are compared with nothing may be just these."""
    assert found([-1, -9] * 10) == ()
