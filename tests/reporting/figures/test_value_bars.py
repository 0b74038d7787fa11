"""One value each."""

from __future__ import annotations

import math

from keepfit.reporting.figures import value_bars


def test_bars_are_as_long_as_their_values(drawn):
    """From zero; each has its label and its value in its unit."""
    drawing = drawn(value_bars("PSI", [("Age", 0.5), ("Income", 0.25)], write=lambda value: f"{value:.2f}", limit=0.4))
    lengths = [float(bar.get("width")) for bar in drawing.shapes("rect", "first")]
    assert lengths[0] == 2 * lengths[1] > 0
    assert {"PSI", "Age", "Income", "0.50", "0.25"} <= set(drawing.texts)
    assert len(drawing.shapes("line", "mark-line")) == 1


def test_what_has_no_length_is_told(drawn):
    """A value below zero, one that is no number, and no value at all."""
    drawing = drawn(value_bars("x", [("a", -1.0), ("b", math.nan)]))
    assert [float(bar.get("width")) for bar in drawing.shapes("rect", "first")] == [0, 0]
    assert "no value" in drawing.texts
    assert "nothing to show" in drawn(value_bars("x", [])).texts
