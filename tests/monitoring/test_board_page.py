"""A dashboard as a page: whatever its sources say."""

from __future__ import annotations

import math

import pytest

from keepfit.monitoring.board import Board, Panel, Query
from keepfit.monitoring.board_page import Series, board_page, writer
from keepfit.monitoring.board_words import Words
from keepfit.reporting import FigureGrid, render_html, render_markdown

SPAN = (1_700_000_000.0, 1_700_000_060.0)
AT = SPAN[1]
RATE = Query("rate(x)", "{{ status }} & <more>")
BUCKETS = Query("increase(score_bucket)", "{{ le }}")
GAUGE = Query("stats.gauges.p.up", "", "graphite")
CHAMPION = Query("info == 1", "v{{ model_version }}")
UP = Query("up")


def panel(kind, query: Query, **further) -> Panel:
    return Panel(f"a {kind}", kind, "short", (query,), **further)


def page_of(said, *panels: Panel):
    answers = {one: [(query, series) for query in one.queries for series in said.get(query, ())] for one in panels}
    return board_page(Board("b", "p: <b>", (("Row", panels),)), answers, Words(), span=SPAN)


def figures(page):
    (grid,) = [block for section in page.sections for block in section.blocks if isinstance(block, FigureGrid)]
    return grid.figures


def test_each_kind_has_its_figure():
    """Lines, bars from the largest on; numbers stand first, by their name where that is asked for."""
    answers = {
        RATE: [Series({"status": "200"}, [(SPAN[0], 1.0), (AT, 2.0)]), Series({"status": "422"}, [(AT, 3.0)])],
        CHAMPION: [Series({"model_version": "7"}, [(AT, 1.0)])],
        UP: [Series({}, [(AT, 1.0)])],
    }
    page = page_of(
        answers, panel("number", CHAMPION), panel("number", UP), panel("lines", RATE, limit=2.5), panel("bars", RATE)
    )
    assert [figure.value for figure in page.key_figures] == ["v7", "1"]
    lines, bars = figures(page)
    assert lines.description == "a lines over time, newest: 200 & <more> 2; 422 & <more> 3; limit 2.5"
    assert bars.description == "a bars: 422 & <more> 3, 200 & <more> 2"
    html = render_html(page)
    assert "&lt;more&gt;" in html
    assert "<more>" not in html


def test_buckets_are_told_apart():
    """A bucket counts what the smaller ones count, too: one bar is what lies between two edges."""
    counts = {"0.1": 2.0, "0.2": 5.0, "1.0": 9.0, "+Inf": 9.0}
    series = [Series({"le": le}, [(AT, count)]) for le, count in reversed(counts.items())]
    (bars,) = figures(page_of({BUCKETS: series}, panel("histogram", BUCKETS)))
    assert bars.description == "a histogram: ≤ 0.1 2, 0.1 \N{EN DASH} 0.2 3, 0.2 \N{EN DASH} 1.0 4"
    series.append(Series({"le": "2.0"}, [(AT, 9.0)]))
    series[0] = Series({"le": "+Inf"}, [(AT, 10.0)])
    (lines,) = figures(page_of({BUCKETS: series}, panel("heatmap", BUCKETS)))
    assert "2.0 \N{EN DASH} +Inf 1" in lines.description


def test_graphite_names_its_own():
    """By its target, and what is null is nothing."""
    answers = {GAUGE: [Series({"target": "good"}, [(SPAN[0], 4.0), (AT, math.nan)])]}
    (lines,) = figures(page_of(answers, panel("lines", GAUGE)))
    assert lines.description.endswith("newest: good 4")
    assert page_of(answers, panel("number", GAUGE)).key_figures[0].value == "4"


def test_nothing_is_told():
    """Sources that say nothing make a page that says so."""
    page = page_of({}, *(panel(kind, BUCKETS) for kind in ("number", "lines", "bars", "histogram", "heatmap")))
    assert page.key_figures[0].value == "\N{EN DASH}"
    assert render_markdown(page).count("nothing to show") == 4


def test_what_is_to_be_known_is_below():
    """Descriptions of panels, in their language."""
    page = board_page(
        Board("b", "p", (("Row", (panel("lines", RATE, description="Per second."),)),)), {}, Words("ru"), span=SPAN
    )
    assert "Как читать" in render_html(page)
    assert "a lines: Per second." in render_html(page)


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("s", 0.00025, "250 µs"),
        ("s", 0.25, "250 ms"),
        ("s", 90.0, "1.5 min"),
        ("s", 0.0, "0 s"),
        ("ms", 1500.0, "1.5 s"),
        ("bytes", 123_456_789.0, "123 MB"),
        ("decmbytes", 2048.0, "2.05 GB"),
        ("percentunit", 0.125, "12.5%"),
        ("reqps", 12.0, "12/s"),
        ("short", 1234.0, "1234"),
        ("short", math.nan, "\N{EN DASH}"),
    ],
)
def test_values_have_their_unit(unit, value, said):
    """In few digits."""
    assert writer(unit)(value) == said
