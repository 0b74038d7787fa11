"""Scores batch by batch: some lines over the numbers of batches, and what happened between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keepfit.reporting.figures.label import fitted, fitted_title, inside, text_width
from keepfit.reporting.figures.scale import Scale, short
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 52, 748, 56, 226
_EVENT_ROWS = (36, 50)  # where the words of events stand, by turns where they would touch
_KEY_TOP, _KEY = 250, 17
_STYLES = ("first", "second", "third", "fourth", "fifth", "sixth")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A line: its name, and `(number of a batch, value)`, rising; what is no number is a gap."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class BatchEvent:
    """What happened after a batch, in a word or two, and whether it was bad."""

    batch: float
    text: str
    is_bad: bool = False


def batch_chart(
    title: str,
    lines: Sequence[BatchLine],
    events: Sequence[BatchEvent] = (),
    *,
    most: float | None = None,
    write: Callable[[float], str] = short,
) -> Figure:
    """Draw up to six lines over the batches of a stream.

    Parameters
    ----------
    title
        What is drawn.
    lines, events
        The lines, and what is marked across them.
    most
        Values above stand at the upper edge: one that explodes shall not flatten the others.
    write
        How a value is written.

    Raises
    ------
    ValueError
        When there are more than six lines.
    """
    if len(lines) > len(_STYLES):
        raise ValueError(f"{len(lines)} lines cannot be told apart")
    across = [batch for line in lines for batch, _ in line.points]
    up = [value for line in lines for _, value in line.points if math.isfinite(value)]
    low, high = min(up, default=0.0), max(up, default=1.0)
    is_cut = most is not None and high > most
    high = most if is_cut and most is not None else high
    low = min(low, high)  # all may be above
    air = (high - low) * 0.08 or 0.05
    x = Scale(min(across, default=0.0), max(across, default=1.0), _LEFT, _RIGHT)
    y = Scale(low - air, high if is_cut else high + air, _BOTTOM, _TOP)
    keys = [
        {
            "y": _KEY_TOP + number * _KEY,
            "style": style,
            "text": fitted(f"{line.name}: {_newest(line, write)}", _WIDTH - 24),
        }
        for number, (line, style) in enumerate(zip(lines, _STYLES, strict=False))
    ]
    svg = rendered(
        "batches.svg.jinja",
        title=fitted_title(title, _WIDTH),
        size=(_WIDTH, _KEY_TOP + len(keys) * _KEY),
        frame=(_LEFT, _RIGHT, _TOP, _BOTTOM),
        lines=[(style, part) for line, style in zip(lines, _STYLES, strict=False) for part in _parts(line, x, y)],
        events=_placed(events, x),
        x_ticks=x.ticks(8),
        y_ticks=y.ticks(5, write),
        keys=keys,
    )
    told = "; ".join(f"{line.name} {_newest(line, write)}" for line in lines) or "nothing to show"
    happened = "".join(f"; after batch {event.batch:g} {event.text}" for event in events)
    return Figure(svg, f"{title} by batch, newest: {told}{happened}")


def _newest(line: BatchLine, write: Callable[[float], str]) -> str:
    known = [value for _, value in line.points if math.isfinite(value)]
    return write(known[-1]) if known else "not known"


def _placed(events: Sequence[BatchEvent], x: Scale) -> list[dict[str, object]]:
    """Return where the events stand; one whose word finds no room has its line alone."""
    ends = [-math.inf] * len(_EVENT_ROWS)
    placed: list[dict[str, object]] = []
    for event in sorted(events, key=lambda one: one.batch):
        middle, half = inside(x(event.batch), event.text, 0, _WIDTH), text_width(event.text) / 2
        row = next((at for at, end in enumerate(ends) if middle - half > end), None)
        if row is not None:
            ends[row] = middle + half + 4
        placed.append(
            {
                "x": x(event.batch),
                "middle": middle,
                "y": _EVENT_ROWS[row or 0],
                "text": event.text if row is not None else "",
                "style": "bad-event" if event.is_bad else "good-event",
            }
        )
    return placed


def _parts(line: BatchLine, x: Scale, y: Scale) -> list[str]:
    """Return the pieces of a line between its gaps."""
    parts: list[list[str]] = [[]]
    for batch, value in line.points:
        if math.isfinite(value):
            parts[-1].append(f"{x(batch)},{y(value)}")
        elif parts[-1]:
            parts.append([])
    return [" ".join(part if len(part) > 1 else part * 2) for part in parts if part]
