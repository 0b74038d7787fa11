"""Scores with their intervals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting.figures import Interval, interval_chart

ENDS = st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(sorted)


@st.composite
def rows(draw):
    low, value, high = draw(st.one_of(ENDS, st.just([math.nan] * 3)))
    return Interval(draw(st.text("abc xyz", max_size=60)), value, low, high, draw(st.booleans()))


def dots(drawing):
    return [(float(dot.get("cx")), float(dot.get("cy")), dot.get("class")) for dot in drawing.shapes("circle")]


def lines(drawing):
    """Return the ends of the intervals' lines."""
    made = [line for line in drawing.shapes("line") if line.get("class") in {"first-line", "second-line"}]
    return [(float(line.get("x1")), float(line.get("x2"))) for line in made]


@given(st.lists(rows(), max_size=12), st.none() | st.floats(-1, 1))
def test_a_dot_lies_on_its_line(drawn, given_rows, line):
    """Each known row has a dot between its ends, in order from top to bottom, within the drawing and on one scale."""
    drawing = drawn(interval_chart("F1", given_rows, line=line, line_name="floor"))
    assert drawing.is_inside
    known = [row for row in given_rows if row.is_known]
    assert len(dots(drawing)) == len(lines(drawing)) == len(known)
    for row, (across, _, style), (left, right) in zip(known, dots(drawing), lines(drawing), strict=True):
        assert left <= across <= right
        assert style == ("second" if row.is_marked else "first")
    downs = [down for _, down, _ in dots(drawing)]
    assert downs == sorted(set(downs))
    ordered = sorted(zip([row.value for row in known], [across for across, _, _ in dots(drawing)], strict=True))
    assert [across for _, across in ordered] == sorted(across for _, across in ordered)
    assert len(drawing.shapes("line", "mark-line")) == (line is not None)


def test_the_line_is_on_the_same_scale(drawn):
    """A score equal to the floor has its dot on the line, one in the middle of two others between their dots."""
    given_rows = [Interval("a", 0.6, 0.6, 0.6), Interval("b", 0.7, 0.65, 0.8), Interval("c", 0.8, 0.7, 0.9)]
    drawing = drawn(interval_chart("F1", given_rows, line=0.6, line_name="floor 0.6"))
    (line,) = drawing.shapes("line", "mark-line")
    first, second, third = (across for across, _, _ in dots(drawing))
    assert float(line.get("x1")) == first
    assert second == pytest.approx((first + third) / 2, abs=0.11)
    assert "floor 0.6" in drawing.texts


def test_numbers_are_told(drawn):
    """Score and ends stand beside the line and in the description; a row without numbers keeps its place."""
    given_rows = [Interval("then", 0.8, 0.75, 0.85), Interval("now", math.nan, math.nan, math.nan, is_marked=True)]
    figure = interval_chart("F1", given_rows, line=0.65, line_name="floor 0.65")
    assert figure.description == "F1: then 0.800 [0.750, 0.850]; now no values; floor 0.65"
    assert {"then", "0.800 [0.750, 0.850]", "now", "no values"} <= set(drawn(figure).texts)


@pytest.mark.parametrize("missing", ["value", "low", "high"])
def test_a_row_is_known_as_a_whole(missing, drawn):
    """One end that is not known leaves nothing to draw."""
    facts = {"value": 0.5, "low": 0.4, "high": 0.6, missing: math.inf}
    assert not Interval("a", **facts).is_known
    assert "no values" in drawn(interval_chart("F1", [Interval("a", **facts)])).texts


@pytest.mark.parametrize(
    ("values", "text"),
    [((0.25, 0.5), "0.250 [0.250, 0.250]"), ((3.0, 5.0), "3 [3, 3]"), ((5.5, 1423.0), "5.5 [5.5, 5.5]")],
)
def test_a_chart_writes_its_numbers_in_one_form(drawn, values, text):
    """Shares have three decimals, whole numbers none; where one number is large, none has three."""
    drawing = drawn(interval_chart("x", [Interval(str(value), value, value, value) for value in values]))
    assert text in drawing.texts


def test_the_one_that_is_spoken_of_stands_out(drawn):
    """The marked row differs in colour and in weight."""
    drawing = drawn(interval_chart("F1", [Interval("a", 0.5, 0.4, 0.6), Interval("b", 0.5, 0.4, 0.6, is_marked=True)]))
    assert [style for _, _, style in dots(drawing)] == ["first", "second"]
    assert [text.text for text in drawing.shapes("text", "strong")] == ["b", "0.500 [0.400, 0.600]"]


@pytest.mark.parametrize("line", [None, 0.5])
def test_nothing_to_show_is_said(drawn, line):
    """Without rows there is an empty scale, and the description says so."""
    figure = interval_chart("F1", [], line=line, line_name="floor" if line else "")
    assert "nothing to show" in figure.description
    assert drawn(figure).is_inside


def test_a_score_without_spread_is_drawn(drawn):
    """Where all ends are one value, the scale has some air around it."""
    drawing = drawn(interval_chart("F1", [Interval("a", 0.9, 0.9, 0.9)]))
    (across, _, _), (left, right) = dots(drawing)[0], lines(drawing)[0]
    assert left == across == right
    assert 0 < across < drawing.size[0]


def test_large_numbers_are_written_out():
    """Tens of thousands need no power of ten, and all rows have one form."""
    chart = interval_chart("rate", [Interval("a", 12_380.4, 11_509, 13_252), Interval("b", 9.35, 8.9, 9.7)])
    assert "a 12,380 [11,509, 13,252]; b 9 [9, 10]" in chart.description
