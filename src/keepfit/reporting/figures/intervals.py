"""Scores with their intervals: a dot, and a line from end to end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from keepfit.reporting.figures.scale import Scale
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import templates

_WIDTH, _LABEL_WIDTH, _RIGHT = 720, 200, 560
_TOP, _ROW = 34, 24


@dataclass(frozen=True, slots=True)
class Interval:
    """A score's label, value, ends, and whether it is the one that is spoken of."""

    label: str
    value: float
    low: float
    high: float
    is_marked: bool = False


def interval_chart(title: str, rows: Sequence[Interval], *, line: float | None = None, line_name: str = "") -> Figure:
    """Draw intervals below each other on one scale, with a line across them where one is given."""
    known = [row for row in rows if not any(math.isnan(value) for value in (row.value, row.low, row.high))]
    ends = [value for row in known for value in (row.low, row.high)] + ([line] if line is not None else [])
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    margin = (high - low) * 0.06 or 0.05
    x = Scale(low - margin, high + margin, _LABEL_WIDTH, _RIGHT)
    drawn = [
        {
            "label": row.label if len(row.label) <= 30 else f"{row.label[:29]}…",  # noqa: PLR2004 - what fits
            "y": _TOP + number * _ROW + 10,
            "value": x(row.value),
            "low": x(row.low),
            "high": x(row.high),
            "text": f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]",
            "tone": "second" if row.is_marked else "first",
        }
        for number, row in enumerate(known)
    ]
    bottom = _TOP + len(known) * _ROW
    svg = (
        templates()
        .get_template("intervals.svg.jinja")
        .render(
            title=title,
            width=_WIDTH,
            height=bottom + 40,
            rows=drawn,
            start=_LABEL_WIDTH,
            end=_RIGHT,
            ticks=x.ticks(5),
            line=None if line is None else x(line),
            line_name=line_name,
            top=_TOP,
            bottom=bottom,
        )
    )
    return Figure(svg, "", f"{title}: {'; '.join(f'{row.label} {row.value:.3f}' for row in known)}")
