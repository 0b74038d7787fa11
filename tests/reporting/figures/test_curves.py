"""Curves over one scale."""

from __future__ import annotations

import math

import pytest

from keepfit.reporting.figures import Curve, curve_chart

FEW = [(0.0, 0.1), (0.5, 0.6), (1.0, 0.9)]
MANY = [(at / 100, (at / 100) ** 2) for at in range(101)]


def test_points_are_where_their_values_are(drawn):
    """A larger x is further right, a larger y higher up, and few points are dots."""
    drawing = drawn(curve_chart("ROC", [Curve("model", FEW)], x_name="false positives", y_name="recall"))
    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in drawing.shapes("circle", "first")]
    assert len(dots) == 3
    assert dots == sorted(dots)
    assert [y for _, y in dots] == sorted((y for _, y in dots), reverse=True)
    assert dots[1][0] == pytest.approx((dots[0][0] + dots[2][0]) / 2, abs=0.11)


def test_intervals_are_whiskers_or_a_band(drawn):
    """Few points have whiskers, many have a band."""
    few = drawn(curve_chart("a", [Curve("m", FEW, [(0, 0.2), (0.5, 0.7), (0.8, 1)])], x_name="x", y_name="y"))
    assert len(few.shapes("line", "first-line")) == 3 + 1  # and the key
    many = drawn(curve_chart("a", [Curve("m", MANY, [(y - 0.1, y + 0.1) for _, y in MANY])], x_name="x", y_name="y"))
    assert len(many.shapes("polygon", "first-area")) == 1
    assert not many.shapes("circle", "first")


def test_two_curves_and_a_guide_can_be_told_apart(drawn):
    """Each has its colour and its name, the guide is dashed; a third is refused."""
    curves = [Curve("train", FEW), Curve("holdout", FEW)]
    drawing = drawn(curve_chart("Learning", curves, x_name="rows", y_name="F1", guide=[(0, 0), (1, 1)]))
    assert {"train", "holdout", "rows", "Learning: F1"} <= set(drawing.texts)
    assert len(drawing.shapes("circle", "second")) == 3
    assert len(drawing.shapes("polyline", "mark-line")) == 1
    with pytest.raises(ValueError, match="told apart"):
        curve_chart("x", [*curves, Curve("more", FEW)], x_name="x", y_name="y")


def test_what_is_no_number_is_left_out(drawn):
    """A point that is not known is not drawn; a curve without points says so."""
    figure = curve_chart("a", [Curve("m", [(0.0, math.nan), (1.0, 0.5)])], x_name="x", y_name="y")
    assert len(drawn(figure).shapes("circle", "first")) == 1
    assert "nothing to show" in curve_chart("a", [Curve("m", [])], x_name="x", y_name="y").description


def test_an_axis_holds_what_is_drawn(drawn):
    """Where values are no shares, the scale goes from the least to the greatest."""
    points = [(100.0, 5.0), (4000.0, 9.0)]
    drawing = drawn(curve_chart("a", [Curve("m", points)], x_name="rows", y_name="loss", is_share=False))
    (left, right) = sorted(float(dot.get("cx")) for dot in drawing.shapes("circle", "first"))
    assert (left, right) == (44.0, 348.0)


def test_every_point_has_its_interval():
    """One interval too few is an error of ours."""
    with pytest.raises(ValueError, match="intervals"):
        Curve("m", FEW, [(0, 1)])
