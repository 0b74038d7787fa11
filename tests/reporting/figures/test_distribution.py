"""Two distributions of a number over each other."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting.figures import overlaid_numbers
from keepfit.reporting.figures.distribution import _BOTTOM, _LEFT, _MOST_BEYOND, _RIGHT, _TOP, _drawn_bins

NAMES = ("reference", "window")
EVEN = [0, 1, 2, 3, 4, 5]


@st.composite
def binned(draw):
    """Ascending edges with counts of two sides; the first bin may be a single value."""
    start = draw(st.floats(-1e6, 1e6))
    widths = draw(st.lists(st.floats(1e-3, 1e4), min_size=1, max_size=20))
    widths[0] = draw(st.sampled_from([widths[0], 0.0]))
    counts = st.lists(st.integers(0, 10**6), min_size=len(widths), max_size=len(widths))
    return [float(edge) for edge in np.cumsum([start, *widths])], draw(counts), draw(counts)


def drawn_numbers(edges, reference, window):
    return overlaid_numbers("income", edges, reference, window, names=NAMES)


def area(points) -> float:
    """Return the area under an outline, in units of the drawing."""
    return sum((right[0] - left[0]) * (_BOTTOM - left[1]) for left, right in itertools.pairwise(points))


def told_shares(text: str) -> float:
    """Add up the shares of the reference that a description tells."""
    return sum(float(share) for share in re.findall(r"([\d.]+)% →", text)) / 100


@given(binned())
def test_no_point_is_outside(drawn, bins):
    """Whatever the bins, every corner lies within the frame, runs to the right, and begins and ends on the ground."""
    drawing = drawn(drawn_numbers(*bins))
    assert drawing.is_inside
    for tag, style in (("polygon", "first-area"), ("polyline", "first-line"), ("polyline", "second-line")):
        points = drawing.points(tag, style)
        assert all(_LEFT <= across <= _RIGHT and _TOP <= down <= _BOTTOM for across, down in points)
        assert [across for across, _ in points] == sorted(across for across, _ in points)
        assert points[0] == (_LEFT, _BOTTOM)
        assert points[-1] == (_RIGHT, _BOTTOM)


@given(binned())
def test_nothing_is_lost(bins):
    """What is drawn and what is left out at either end are all rows of each side."""
    edges, *sides = bins
    shares = np.array([np.array(counts, dtype=float) / (sum(counts) or 1) for counts in sides])
    made = _drawn_bins(np.array(edges), shares)
    assert (np.diff(made.edges) > 0).all()
    assert made.shares.shape == (2, len(made.edges) - 1)
    for side, counts in enumerate(sides):
        left_out = sum(float(note.split("%")[0 if side == 0 else 1].lstrip(" →")) for note in made.notes) / 100
        assert made.shares[side].sum() + left_out == pytest.approx(1.0 if sum(counts) else 0.0, abs=0.0011)
        assert left_out <= _MOST_BEYOND * 2 + 0.001


@given(st.lists(st.integers(30, 60), min_size=5, max_size=5), st.lists(st.integers(30, 60), min_size=5, max_size=5))
def test_areas_are_shares(drawn, reference, window):
    """A bin's area is its share of its side, in bins of any width; both sides have the same area in all."""
    edges = np.array([0, 1, 2.5, 3.5, 5, 6.2])
    drawing = drawn(drawn_numbers(edges.tolist(), reference, window))
    outlines = [drawing.points("polyline", style) for style in ("first-line", "second-line")]
    whole = area(outlines[0])
    assert area(outlines[1]) == pytest.approx(whole, rel=0.01)
    for points, counts in zip(outlines, (reference, window), strict=True):
        for at, count in enumerate(counts):
            left, right = points[2 * at + 1], points[2 * at + 2]
            assert left[1] == right[1]
            assert (right[0] - left[0]) * (_BOTTOM - left[1]) / whole == pytest.approx(count / sum(counts), abs=0.004)


def test_a_wide_bin_is_low(drawn):
    """The same count over twice the width stands half as high."""
    points = drawn(drawn_numbers([0, 1, 3], [10, 10], [10, 10])).points("polyline", "first-line")
    assert (points[1][1], points[3][1]) == (_TOP, (_TOP + _BOTTOM) / 2)


def test_counts_and_shares_draw_the_same():
    """A side of ten times as many rows looks the same."""
    assert drawn_numbers(EVEN, [1, 2, 3, 2, 1], [2, 1, 1, 1, 2]) == drawn_numbers(
        EVEN, [10, 20, 30, 20, 10], [20, 10, 10, 10, 20]
    )


def test_identical_sides_have_one_outline(drawn):
    """Where nothing changed, the line runs along the area."""
    drawing = drawn(drawn_numbers(EVEN, [1, 2, 3, 2, 1], [1, 2, 3, 2, 1]))
    assert drawing.points("polyline", "first-line") == drawing.points("polyline", "second-line")


def test_a_long_tail_is_told(drawn):
    """An outer bin much wider than the others is left out, and its two shares and where it begins are told."""
    figure = drawn_numbers([-1000, 0, 1, 2, 3, 4, 1000], [5, 20, 20, 30, 20, 5], [2, 20, 24, 24, 20, 10])
    told = "5.0% → 2.0% up to 0; 5.0% → 10.0% above 4"
    assert figure.description == f"Distribution of income, reference and window: {told}"
    drawing = drawn(figure)
    assert told in drawing.texts
    assert len(drawing.points("polyline", "first-line")) == 2 * 4 + 2


@pytest.mark.parametrize(("reference", "window"), [(20, 1), (1, 20)])
def test_a_heavy_tail_is_drawn(drawn, reference, window):
    """A tail that holds more than a small part of either side is no tail: it stays in the picture."""
    figure = drawn_numbers([0, 1, 2, 3, 4, 1000], [20, 20, 20, 20, reference], [20, 20, 20, 20, window])
    assert "above" not in figure.description
    assert drawn(figure).texts[-1] == "1000"


def test_few_bins_have_no_tail():
    """Of three bins none is left out: what is left would be no picture."""
    assert "above" not in drawn_numbers([0, 1, 2, 100], [45, 45, 10], [45, 45, 10]).description


def test_a_spike_is_cut_off_and_told(drawn):
    """A narrow bin that would flatten all others is cut off at the top, where its two shares stand beside it."""
    figure = drawn_numbers([0, 10, 20, 21, 30, 40], [10, 10, 60, 10, 10], [20, 20, 20, 20, 20])
    told = "60.0% → 20.0% at 21"
    assert told in figure.description
    drawing = drawn(figure)
    assert told in drawing.texts
    assert len(drawing.shapes("path", "gap")) == 1
    points = drawing.points("polyline", "first-line")
    assert points[5][1] == _TOP
    # the others are seen: more than a fifth of the height, and not at the top
    assert all(_TOP < points[2 * at + 1][1] < _BOTTOM - (_BOTTOM - _TOP) / 5 for at in (0, 1, 3, 4))


def test_the_words_beside_a_spike_stay_inside(drawn):
    """A spike in the left half has its words to the right, one in the right half to the left."""
    for at, anchor in ((1, "start"), (8, "end")):
        counts = [10.0] * 10
        counts[at] = 500.0
        drawing = drawn(drawn_numbers(list(range(11)), counts, [1.0] * 10))
        (words,) = [text for text in drawing.shapes("text") if "% →" in (text.text or "")]
        assert words.get("text-anchor") == anchor


def test_a_spike_of_the_window_counts_too():
    """What is dense on the window's side only is cut off and told as well."""
    assert "20.0% → 92.6% at 3" in drawn_numbers(EVEN, [1, 1, 1, 1, 1], [1, 1, 50, 1, 1]).description


def test_a_single_value_has_some_width(drawn):
    """A point mass, many rows with one value at the low end, is drawn as a narrow bin that ends there, and is told."""
    figure = drawn_numbers([0, 0, 10, 20, 30], [70, 10, 10, 10], [40, 20, 20, 20])
    assert "70.0% → 40.0% at 0" in figure.description
    points = drawn(figure).points("polyline", "first-line")
    assert 1 < points[2][0] - points[1][0] < 15


@pytest.mark.parametrize("value", [0.0, -3.5, 2005.0, 1e9])
def test_a_constant_column_is_drawn(drawn, value):
    """Where every row has the same value there is one bin, with a width that is only drawn."""
    drawing = drawn(drawn_numbers([value, value], [10], [5]))
    assert drawing.points("polyline", "first-line")[1:3] == [(_LEFT, _TOP), (_RIGHT, _TOP)]


def test_bins_too_narrow_to_see_are_joined(drawn):
    """A thousand bins become at most eighty, of the same area."""
    edges = list(range(1001))
    points = drawn(drawn_numbers(edges, [1] * 1000, [1] * 1000)).points("polyline", "first-line")
    assert len(points) <= 2 * 80 + 2
    assert {down for _, down in points[1:-1]} == {_TOP}


@pytest.mark.parametrize("sides", [([0, 0], [0, 0]), ([1, 1], [0, 0])])
def test_a_side_without_rows_lies_on_the_ground(drawn, sides):
    """No rows on a side is a line on the ground, and no division by zero."""
    points = drawn(drawn_numbers([0, 1, 2], *sides)).points("polyline", "second-line")
    assert {down for _, down in points} == {_BOTTOM}


@pytest.mark.parametrize(
    ("edges", "sides"), [([0, 1], ([1, 2], [1, 2])), (EVEN, ([1] * 5, [1] * 4)), ([0, 1, 2], ([1], [1]))]
)
def test_edges_enclose_the_bins(edges, sides):
    """One edge more than there are counts, on both sides, or it is a mistake."""
    with pytest.raises(ValueError, match="one edge more than there are bins"):
        drawn_numbers(edges, *sides)
