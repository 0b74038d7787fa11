"""Values over time."""

from __future__ import annotations

import math

from keepfit.reporting.figures import Timeline, timeline_chart

BEGIN = 1_700_000_000.0  # 22:13:20 UTC
RISING = [(BEGIN + second, second / 10) for second in range(61)]


def corners(shape) -> list[tuple[float, float]]:
    return [tuple(map(float, point.split(","))) for point in shape.get("points").split()]


def test_lines_are_where_their_values_are(drawn):
    """Later is further right, more is higher up; the newest value stands at the name, the time is UTC's."""
    drawing = drawn(timeline_chart("Requests", [Timeline("200", RISING)], write=lambda value: f"{value:.1f}/s"))
    (line,) = drawing.shapes("polyline", "first-line")
    places = corners(line)
    assert places == sorted(places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert {"Requests", "200: 6.0/s"} <= set(drawing.texts)
    assert any(text.startswith("22:13:") for text in drawing.texts)


def test_a_gap_is_a_gap(drawn):
    """What is no number cuts a line; a point between two gaps is seen."""
    points = [(0.0, 1.0), (1.0, 2.0), (2.0, math.nan), (3.0, 1.0), (4.0, math.nan), (5.0, 3.0), (6.0, 2.0)]
    lines = drawn(timeline_chart("x", [Timeline("a", points)])).shapes("polyline", "first-line")
    assert [len(corners(line)) for line in lines] == [2, 2, 2]
    assert corners(lines[1])[0] == corners(lines[1])[1]


def test_six_lines_are_the_most(drawn):
    """Those whose newest value is the largest; how many are below them is told, and each has its own look."""
    lines = [Timeline(f"column {number}", [(0.0, number), (1.0, number)]) for number in range(9)]
    drawing = drawn(timeline_chart("PSI", lines))
    styles = {shape.get("class") for shape in drawing.shapes("polyline")}
    assert len(styles) == 6
    assert "and 3 more, below these" in drawing.texts
    assert "column 8: 8" in drawing.texts
    assert "column 2: 2" not in drawing.texts


def test_a_limit_is_drawn_where_it_is_near(drawn):
    """A limit far above would press the lines onto the ground: it is told in words only."""
    near = timeline_chart("x", [Timeline("a", RISING)], limit=7.0)
    assert len(drawn(near).shapes("line", "mark-line")) == 1
    far = timeline_chart("x", [Timeline("a", RISING)], limit=700.0)
    assert not drawn(far).shapes("line", "mark-line")
    assert far.description.endswith("; limit 700")


def test_nothing_is_told(drawn):
    """Without lines, and with lines that have no number."""
    for lines in ([], [Timeline("a", [(0.0, math.nan)])]):
        figure = timeline_chart("x", lines)
        assert "nothing to show" in drawn(figure).texts
        assert "nothing to show" in figure.description


def test_days_are_told_as_days(drawn):
    """Over a week the time of the day says nothing."""
    days = [(BEGIN + 86_400.0 * day, 1.0) for day in range(8)]
    texts = drawn(timeline_chart("x", [Timeline("a", days)])).texts
    assert any(text.startswith("2023-11-") for text in texts)
    assert not any(":" in text and text[0].isdigit() for text in texts)
