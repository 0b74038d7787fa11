"""A dashboard as a page of our own: for who has no Grafana, and for what is kept of a moment."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from keepfit.clock import moment, stamp
from keepfit.monitoring.board import Board, Panel, Query
from keepfit.monitoring.board_words import Words
from keepfit.reporting import Bullets, Details, Figure, FigureGrid, KeyFigure, Page, Section
from keepfit.reporting.figures import Timeline, timeline_chart, value_bars
from keepfit.reporting.figures.scale import short

_LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))
_SPANS = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
_NOTHING = _DASH = "\N{EN DASH}"


class Series(NamedTuple):
    """What a source answers to a query: labels, and `(seconds since 1970, value)` in the order of time."""

    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]


Answers = Mapping[Panel, Sequence[tuple[Query, Series]]]


def board_page(board: Board, answers: Answers, say: Words, *, span: tuple[float, float]) -> Page:
    """Compose the page of a board.

    Parameters
    ----------
    board
        What is shown.
    answers
        What the sources say to the queries of each panel.
    say
        The words of its language.
    span
        The stretch of time that is shown, until now; in seconds since 1970.
    """
    begin, made_at = (stamp(moment(round(seconds * 1e6))) for seconds in span)
    sections = []
    for title, panels in board.rows:
        drawn = [_figure(panel, answers, span) for panel in panels if panel.kind != "number"]
        told = [f"{panel.title}: {panel.description}" for panel in panels if panel.description]
        if drawn:
            notes = [Details(say("How to read it"), [Bullets(told)])] if told else []
            sections.append(Section(title, [FigureGrid(drawn), *notes]))
    numbers = [KeyFigure(panel.title, _number(panel, answers)) for panel in board.panels if panel.kind == "number"]
    return Page(
        title=board.title,
        subtitle=f"{begin} {_DASH} {made_at}",
        sections=sections,
        key_figures=numbers,
        footer=say(
            "Made by Keepfit at {made_at} from what Prometheus and Graphite say; times are UTC.", made_at=made_at
        ),
    )


def writer(unit: str) -> Callable[[float], str]:
    """Return how a value is written in a unit of Grafana's names."""
    written: dict[str, Callable[[float], str]] = {
        "s": _span,
        "ms": lambda value: _span(value / 1000),
        "bytes": _size,
        "decmbytes": lambda value: _size(value * 1e6),
        "percentunit": lambda value: f"{value:.1%}",
        "reqps": lambda value: f"{short(value)}/s",
        "ops": lambda value: f"{short(value)}/s",
    }
    known = written.get(unit, short)
    return lambda value: known(value) if math.isfinite(value) else _NOTHING


def _figure(panel: Panel, answers: Answers, span: tuple[float, float]) -> Figure:
    named = list(_named(panel, answers))
    write = writer(panel.unit)
    if panel.kind in ("histogram", "heatmap"):
        named = _apart(panel, answers)
    values = [(line.name, line.newest) for line in named]
    if panel.kind == "histogram":
        return value_bars(panel.title, values, write=lambda value: f"{value:.0f}")
    if panel.kind == "bars":
        ordered = sorted(values, key=lambda one: -one[1])
        return value_bars(panel.title, ordered, write=write, limit=panel.limit)
    return timeline_chart(panel.title, named, span=span, write=write, limit=panel.limit)


def _number(panel: Panel, answers: Answers) -> str:
    """Return a number's newest value, or its name where that is what is asked for."""
    for line in _named(panel, answers):
        if math.isfinite(line.newest):
            return line.name if panel.queries[0].legend else writer(panel.unit)(line.newest)
    return _NOTHING


def _named(panel: Panel, answers: Answers) -> Iterator[Timeline]:
    for query, series in answers.get(panel, ()):
        yield Timeline(_name(query, series), series.points)


def _name(query: Query, series: Series) -> str:
    if query.source == "graphite":
        return query.legend or series.labels.get("target", "")
    filled = _LABEL.sub(lambda found: series.labels.get(found[1], ""), query.legend)
    return filled or ", ".join(series.labels.values()) or query.legend


def _apart(panel: Panel, answers: Answers) -> list[Timeline]:
    """Return the buckets of a histogram apart: each counts what the smaller ones count, too."""
    buckets = sorted((series for _, series in answers.get(panel, ())), key=lambda series: float(series.labels["le"]))
    found, below, edge = [], dict[float, float](), ""
    for series in buckets:
        points = [(moment, max(value - below.get(moment, 0.0), 0.0)) for moment, value in series.points]
        below, upper = dict(series.points), series.labels["le"]
        if upper != "+Inf" or any(value > 0 for _, value in points):
            found.append(Timeline(f"{edge} {_DASH} {upper}" if edge else f"≤ {upper}", points))
        edge = upper
    return found


def _span(seconds: float) -> str:
    """Return a time in the unit in which it is one or more."""
    size, unit = next(((size, unit) for size, unit in _SPANS if abs(seconds) >= size), (1.0, "s"))
    return f"{seconds / size:.3g} {unit}"


def _size(amount: float) -> str:
    size, unit = next(((size, unit) for size, unit in _SIZES if abs(amount) >= size), (1.0, "B"))
    return f"{amount / size:.3g} {unit}"
