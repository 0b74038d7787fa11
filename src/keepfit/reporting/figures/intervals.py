"""Scores with their intervals: a dot, and a line from end to end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from keepfit.reporting.figures.label import fitted, inside, label_width
from keepfit.reporting.figures.scale import Scale
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_RIGHT = 530
_LEAST_PLOT, _NUMBERS = 270, 190
_LARGE = 10.0
_WHOLE = 10_000  # from here on four digits would want powers of ten
_TOP, _ROW = 34, 24


@dataclass(frozen=True, slots=True)
class Interval:
    """A score's label, value, ends (NaN for none), and whether it is the one that is spoken of."""

    label: str
    value: float
    low: float
    high: float
    is_marked: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it can be drawn."""
        return all(math.isfinite(value) for value in (self.value, self.low, self.high))


def interval_chart(title: str, rows: Sequence[Interval], *, line: float | None = None, line_name: str = "") -> Figure:
    """Draw intervals below each other on one scale, with a line across them where one is given.

    Parameters
    ----------
    title
        What is scored, with its unit.
    rows
        From top to bottom; a row without numbers keeps its place and says so.
    line, line_name
        A value to compare with, such as a floor, and what it is called.
    """
    start = label_width([row.label for row in rows], least=90, most=420)
    end = max(_RIGHT, start + _LEAST_PLOT)
    x = _scale(rows, line, start, end)
    texts = _texts(rows)
    drawn = [
        _row(row, text, _TOP + number * _ROW + 10, start, x)
        for number, (row, text) in enumerate(zip(rows, texts, strict=True))
    ]
    bottom = _TOP + len(rows) * _ROW
    svg = rendered(
        "intervals.svg.jinja",
        title=title,
        width=end + _NUMBERS,
        height=bottom + (42 if line is not None else 28),
        rows=drawn,
        start=start,
        end=end,
        ticks=x.ticks(5),
        line=None if line is None else x(line),
        line_name=line_name,
        text_at=0.0 if line is None else inside(x(line), line_name, start, end),
        top=_TOP,
        bottom=bottom,
    )
    told = "; ".join(f"{row.label} {text}" for row, text in zip(rows, texts, strict=True)) or "nothing to show"
    return Figure(svg, f"{title}: {told}" + (f"; {line_name}" if line_name else ""))


def _scale(rows: Sequence[Interval], line: float | None, start: float, end: float) -> Scale:
    """Return a scale that holds every end and the line, with some air."""
    ends = [value for row in rows if row.is_known for value in (row.value, row.low, row.high)]
    ends += [] if line is None else [line]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    margin = (high - low) * 0.06 or 0.05
    return Scale(low - margin, high + margin, start, end)


def _texts(rows: Sequence[Interval]) -> list[str]:
    """Return the numbers beside the lines, all in one form: three decimals for shares, four digits or whole numbers."""
    ends = [value for row in rows if row.is_known for value in (row.value, row.low, row.high)]
    is_small = all(abs(value) < _LARGE for value in ends) and not all(value.is_integer() for value in map(float, ends))
    is_whole = any(abs(value) >= _WHOLE for value in ends)
    form = ".3f" if is_small else ",.0f" if is_whole else ",.4g"
    return [
        f"{row.value:{form}} [{row.low:{form}}, {row.high:{form}}]" if row.is_known else "no values" for row in rows
    ]


def _row(row: Interval, text: str, y: float, start: float, x: Scale) -> dict[str, object]:
    return {
        "label": fitted(row.label, start - 10, is_strong=row.is_marked),
        "name": row.label,
        "y": y,
        "ends": (x(row.low), x(row.value), x(row.high)) if row.is_known else None,
        "text": text,
        "is_marked": row.is_marked,
    }
