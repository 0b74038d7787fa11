"""Scores batch by batch."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting.figures import BatchEvent, BatchLine, batch_chart
from keepfit.reporting.figures.label import text_width

STYLES = ("first", "second", "third", "fourth", "fifth", "sixth")
VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf]))
LINES = st.lists(
    st.builds(
        lambda name, values: BatchLine(name, list(enumerate(values, start=1))),
        st.text("abc xyz", max_size=60),
        st.lists(VALUES, max_size=12),
    ),
    max_size=6,
)
EVENTS = st.lists(
    st.builds(BatchEvent, st.integers(1, 12), st.text("abc xyz", max_size=40), st.booleans()), max_size=12
)
RISING = BatchLine("rising", [(number, number / 10) for number in range(1, 11)])


def corners(shape) -> list[tuple[float, float]]:
    return [tuple(map(float, point.split(","))) for point in shape.get("points").split()]


def words(drawing):
    """The words of events: their middles, heights and texts."""
    found = drawing.shapes("text", "tiny")
    return [(float(one.get("x")), float(one.get("y")), one.text) for one in found]


@given(LINES, EVENTS, st.one_of(st.none(), st.floats(-10, 10)))
def test_all_is_inside(drawn, lines, events, most):
    """Whatever the values; a line for each event, and a key for each line."""
    drawing = drawn(batch_chart("Loss", lines, events, most=most))
    assert drawing.is_inside
    marks = drawing.shapes("line", "good-event") + drawing.shapes("line", "bad-event")
    assert len(marks) == len(events)
    assert len(drawing.shapes("line", "bad-event")) == sum(event.is_bad for event in events)
    for style, _ in zip(STYLES, lines, strict=False):
        assert len(drawing.shapes("line", f"{style}-line")) == 1
    points = sum(math.isfinite(value) for line in lines for _, value in line.points)
    assert bool(drawing.shapes("polyline")) == bool(points)
    assert ("nothing to show" in drawing.texts) == (not points)


def test_lines_are_where_their_values_are(drawn):
    """A later batch is further right, more is higher up; the newest value stands at the name."""
    figure = batch_chart("Loss", [RISING], write=lambda value: f"{value:.2f}")
    drawing = drawn(figure)
    (line,) = drawing.shapes("polyline", "first-line")
    places = corners(line)
    assert len(places) == 10
    assert places == sorted(places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    steps = [right - left for (left, _), (right, _) in itertools.pairwise(places)]
    assert steps == pytest.approx([steps[0]] * 9, abs=0.2)
    assert {"Loss", "rising: 1.00"} <= set(drawing.texts)
    assert figure.description == "Loss by batch, newest: rising 1.00"


def test_a_gap_is_a_gap(drawn):
    """What is no number cuts a line; a point between two gaps is seen; the newest value is the last that is known."""
    values = [1.0, 2.0, math.nan, 1.0, math.inf, 3.0, 2.0, math.nan]
    drawing = drawn(batch_chart("x", [BatchLine("a", list(enumerate(values)))]))
    lines = drawing.shapes("polyline", "first-line")
    assert [len(corners(line)) for line in lines] == [2, 2, 2]
    assert corners(lines[1])[0] == corners(lines[1])[1]
    assert "a: 2" in drawing.texts


def test_each_line_has_a_look_of_its_own(drawn):
    """Up to six; more cannot be told apart."""
    lines = [BatchLine(f"line {number}", [(1, number), (2, number)]) for number in range(6)]
    drawing = drawn(batch_chart("x", lines))
    assert [shape.get("class") for shape in drawing.shapes("polyline")] == [f"{style}-line" for style in STYLES]
    keys = [text for text in drawing.texts if text.startswith("line ")]
    assert keys == [f"line {number}: {number}" for number in range(6)]
    with pytest.raises(ValueError, match="7 lines cannot be told apart"):
        batch_chart("x", [*lines, lines[0]])


def test_one_that_explodes_does_not_flatten_the_others(drawn):
    """What is above the most stands at the upper edge, and its true value at its name."""
    wild = BatchLine("wild", [(1, 0.5), (2, 1000.0)])
    calm = BatchLine("calm", [(1, 0.2), (2, 0.8)])
    cut = drawn(batch_chart("x", [calm, wild], most=1.0))
    heights = [corners(line) for line in cut.shapes("polyline")]
    assert heights[1][1][1] == min(y for line in heights for _, y in line)
    assert heights[0][0][1] - heights[0][1][1] > 80
    assert "wild: 1k" in cut.texts
    flat = [corners(line) for line in drawn(batch_chart("x", [calm, wild])).shapes("polyline")]
    assert flat[0][0][1] - flat[0][1][1] < 2


def test_a_most_that_nothing_passes_changes_nothing():
    """There is nothing to cut."""
    assert batch_chart("x", [RISING], most=50.0) == batch_chart("x", [RISING])


def test_where_all_is_above_the_most_lines_are_drawn(drawn):
    """At the upper edge; the scale still rises."""
    drawing = drawn(batch_chart("x", [RISING], most=0.01, write=lambda value: f"{value:.3f}"))
    (line,) = drawing.shapes("polyline")
    assert len({y for _, y in corners(line)}) == 1
    places = {one.get("y") for one in drawing.shapes("text", "soft")}
    assert len(places) > 1
    assert drawing.is_inside


def test_events_are_where_they_happened(drawn):
    """Good and bad ones have their own look; the words are told in the description too."""
    events = [BatchEvent(8, "loss rises", is_bad=True), BatchEvent(3, "v2 takes over")]
    figure = batch_chart("Loss", [RISING], events)
    drawing = drawn(figure)
    (line,) = drawing.shapes("polyline")
    across = [x for x, _ in corners(line)]
    assert float(drawing.shapes("line", "good-event")[0].get("x1")) == across[2]
    assert float(drawing.shapes("line", "bad-event")[0].get("x1")) == across[7]
    assert [text for _, _, text in words(drawing)] == ["v2 takes over", "loss rises"]
    assert figure.description.endswith("; after batch 8 loss rises; after batch 3 v2 takes over")


@given(EVENTS)
def test_words_do_not_lie_on_each_other(drawn, events):
    """One that finds no room has its line alone."""
    drawing = drawn(batch_chart("x", [BatchLine("a", [(1, 0.0), (12, 1.0)])], events))
    for height in {y for _, y, _ in words(drawing)}:
        row = sorted((middle, text) for middle, y, text in words(drawing) if y == height)
        for (left, one), (right, other) in itertools.pairwise(row):
            assert left + text_width(one) / 2 <= right - text_width(other) / 2 + 0.2


def test_many_events_are_all_marked(drawn):
    """Though their words would not fit."""
    events = [BatchEvent(number, "takes over") for number in range(1, 11)]
    line = BatchLine("a", [(number, 1.0) for number in range(1, 200)])
    drawing = drawn(batch_chart("x", [line], events))
    assert len(drawing.shapes("line", "good-event")) == 10
    assert 1 <= len(words(drawing)) < 10


def test_one_batch_is_a_point(drawn):
    """The first page of a stream has no more."""
    (line,) = drawn(batch_chart("x", [BatchLine("a", [(1, 0.4)])])).shapes("polyline")
    assert corners(line)[0] == corners(line)[1]


def test_nothing_is_told(drawn):
    """Without lines, and with lines that have no number."""
    figure = batch_chart("x", [])
    assert "nothing to show" in drawn(figure).texts
    assert figure.description == "x by batch, newest: nothing to show"
    figure = batch_chart("x", [BatchLine("a", [(1, math.nan)])])
    assert {"nothing to show", "a: not known"} <= set(drawn(figure).texts)
    assert figure.description == "x by batch, newest: a not known"
