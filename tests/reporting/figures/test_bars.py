"""Effects as bars against a threshold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting.figures import Bar, effect_bars
from keepfit.reporting.page import STATES

SIZES = st.one_of(st.floats(0, 1e6), st.sampled_from([math.nan, math.inf]))
BARS = st.lists(st.builds(Bar, st.text("abc xyz", max_size=50), SIZES, st.sampled_from(STATES)), max_size=12)


def drawn_bars(drawing):
    return [one for one in drawing.shapes("rect") if one.get("class").startswith("s-")]


@given(BARS, st.floats(0, 10))
def test_lengths_are_as_the_values(drawn, bars, threshold):
    """There is a bar for each value in its state's style, in order, inside the drawing, and longer if it is greater."""
    drawing = drawn(effect_bars("Size", bars, threshold=threshold, threshold_name="counts from"))
    assert drawing.is_inside
    shapes = drawn_bars(drawing)
    assert [shape.get("class") for shape in shapes] == [f"s-{bar.state}" for bar in bars]
    lengths = [float(shape.get("width")) for shape in shapes]
    known = sorted((bar.value, length) for bar, length in zip(bars, lengths, strict=True) if not math.isnan(bar.value))
    assert [length for _, length in known] == sorted(length for _, length in known)
    assert all(length == 0 for bar, length in zip(bars, lengths, strict=True) if math.isnan(bar.value))


def test_the_line_is_where_its_value_would_end(drawn):
    """A bar as long as the threshold ends at the line, twice that at twice the way."""
    bars = [Bar("a", 0.1, "alarm"), Bar("b", 0.2, "alarm"), Bar("c", 0.0, "ok")]
    drawing = drawn(effect_bars("Size", bars, threshold=0.1, threshold_name="counts from"))
    starts = {float(shape.get("x")) for shape in drawn_bars(drawing)}
    first, second, none = (float(shape.get("width")) for shape in drawn_bars(drawing))
    (line,) = drawing.shapes("line", "mark-line")
    (start,) = starts
    assert line.get("x1") == line.get("x2")
    assert float(line.get("x1")) == pytest.approx(start + first, abs=0.11)
    assert second == pytest.approx(2 * first, abs=0.2)
    assert none == 0
    assert "counts from: 0.1" in drawing.texts


def test_small_effects_leave_the_line_inside(drawn):
    """The line is seen though no bar comes near to it, or there is none."""
    for bars in ([], [Bar("a", 0.001, "ok")]):
        drawing = drawn(effect_bars("Size", bars, threshold=0.5, threshold_name="counts from"))
        assert drawing.is_inside
        assert len(drawing.shapes("line", "mark-line")) == 1


def test_no_threshold_and_no_effect(drawn):
    """A threshold of zero and effects of zero are drawn without a division by zero."""
    drawing = drawn(effect_bars("Size", [Bar("a", 0.0, "ok")], threshold=0.0, threshold_name="counts from"))
    assert [float(shape.get("width")) for shape in drawn_bars(drawing)] == [0.0]


def test_every_number_is_told(drawn):
    """The numbers stand beside the bars and in the description, with words for what has no value and no end."""
    bars = [Bar("income", 0.25, "alarm"), Bar("job", math.nan, "unknown"), Bar("age", math.inf, "alarm")]
    figure = effect_bars("Size", bars, threshold=0.1, threshold_name="counts from")
    assert figure.description == "Size: income 0.250, job no values, age ∞; counts from: 0.1"
    assert {"income", "job", "age", "0.250", "no values", "∞", "Size"} <= set(drawn(figure).texts)


def test_nothing_to_show_is_said(drawn):
    """Without bars the drawing and its description say so."""
    figure = effect_bars("Size", [], threshold=0.1, threshold_name="counts from")
    assert "nothing to show" in figure.description
    assert "nothing to show" in drawn(figure).texts


def test_a_long_label_is_cut_and_kept_whole(drawn):
    """A label that does not fit is cut, and its whole stands in the title that a pointer shows."""
    name = "a column with a very long name " * 3
    drawing = drawn(effect_bars("Size", [Bar(name, 1.0, "ok")], threshold=0.1, threshold_name="counts from"))
    assert name not in drawing.texts
    assert [one.text for one in drawing.shapes("title")] == [name]


def test_a_bar_has_a_state():
    """A bar without a colour is refused."""
    with pytest.raises(ValueError, match="no such state: 'bad'"):
        Bar("a", 1.0, "bad")
