"""Shares of a category's levels, in pairs of bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting.figures import overlaid_categories
from keepfit.reporting.figures.categories import _MOST_LEVELS, _rows

NAMES = ("reference", "window")
COUNTS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=40)


def sides(counts):
    return [str(at) for at in range(len(counts))], [one for one, _ in counts], [other for _, other in counts]


def lengths(drawing, style):
    return [float(bar.get("width")) for bar in drawing.shapes("rect", style)[1:]]  # the first is the legend's


@given(COUNTS)
def test_shares_add_up(counts):
    """The rows are all of each side that has any, at most twelve, and the most frequent come first."""
    rows = _rows(*sides(counts))
    assert len(rows) <= _MOST_LEVELS
    for side in (1, 2):
        shares = [row[side] for row in rows]
        if any(pair[side - 1] for pair in counts):
            assert sum(shares) == pytest.approx(1)
        else:
            assert not any(shares)
    frequent = [before + now for label, before, now in rows if "rarer" not in label]
    assert frequent == sorted(frequent, reverse=True)


@given(COUNTS)
def test_bars_are_as_long_as_the_shares(drawn, counts):
    """Bars of both sides have one scale, stay in the drawing and are as long as the shares."""
    drawing = drawn(overlaid_categories("job", *sides(counts), names=NAMES))
    rows = _rows(*sides(counts))
    assert drawing.is_inside
    pairs = [
        (share, length)
        for side, style in ((1, "first"), (2, "second"))
        for share, length in zip([row[side] for row in rows], lengths(drawing, style), strict=True)
    ]
    most = max(pairs, default=(0, 0))
    for share, length in pairs:
        assert length == pytest.approx(share / most[0] * most[1], abs=0.2)


def test_counts_and_shares_draw_the_same():
    """What is ten times as many of everything looks the same."""
    counts = overlaid_categories("job", ["a", "b"], [30, 10], [10, 30], names=NAMES)
    shares = overlaid_categories("job", ["a", "b"], [0.75, 0.25], [0.25, 0.75], names=NAMES)
    assert counts == shares


def test_known_shares_are_told(drawn):
    """The description and the drawing say both shares of each level."""
    figure = overlaid_categories("job", ["clerk", "nurse"], [3, 1], [1, 3], names=NAMES)
    assert figure.description == "Shares of job, reference and window: clerk 75.0% and 25.0%, nurse 25.0% and 75.0%"
    assert {"job", "clerk", "nurse", "75.0% → 25.0%", "25.0% → 75.0%", *NAMES} <= set(drawn(figure).texts)


def test_rare_levels_are_one_pair():
    """Beyond the eleventh level all others are one pair, the count of which is told; twelve levels are all shown."""
    assert len(_rows([str(at) for at in range(12)], [1] * 12, [1] * 12)) == 12
    rows = _rows([str(at) for at in range(15)], [1] * 15, [2] * 15)
    assert rows[-1] == ("4 rarer ones", pytest.approx(4 / 15), pytest.approx(4 / 15))


def test_a_level_that_nobody_has_is_left_out():
    """Levels without rows on either side take no room; one that came anew does."""
    rows = _rows(["a", "none", "new"], [4, 0, 0], [3, 0, 1])
    assert rows == [("a", 1.0, 0.75), ("new", 0.0, 0.25)]


@pytest.mark.parametrize(("labels", "counts"), [([], []), (["a"], [0])])
def test_no_values_are_said(drawn, labels, counts):
    """An empty column is drawn as such."""
    figure = overlaid_categories("job", labels, counts, counts, names=NAMES)
    assert figure.description.endswith(": no values")
    assert "no values" in drawn(figure).texts


def test_sides_of_different_lengths_are_refused():
    """A count without a level, or a level without one, is a mistake."""
    with pytest.raises(ValueError, match="one count for each level and side"):
        overlaid_categories("job", ["a", "b"], [1, 2], [1], names=NAMES)
