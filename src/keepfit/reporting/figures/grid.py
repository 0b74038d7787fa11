"""Values in rows and columns, such as of things by month: each row shaded on a scale of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from keepfit.reporting.figures.label import fitted, label_width
from keepfit.reporting.figures.scale import short
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_HEIGHT, _TITLE, _MOST_LABEL = 26, 30, 220
_WIDTH, _NARROW = 44, 16
_DARKEST = 0.5  # text stays readable on it
_MOST_NUMBERED = 24


def value_grid(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float]],
    *,
    write: Callable[[float], str] = short,
) -> Figure:
    """Draw values from zero up, the largest of each row the darkest; of many columns without their numbers.

    Parameters
    ----------
    title
        What the values are, with their unit.
    rows, columns
        What they are of.
    values
        A value for each, `(n_rows, n_columns)`; NaN is left empty.
    write
        How a value is written.

    Raises
    ------
    ValueError
        When there is not one value for each row and column.
    """
    if len(values) != len(rows) or any(len(line) != len(columns) for line in values):
        raise ValueError("a grid has a value for each row and column")
    numbered = len(columns) <= _MOST_NUMBERED
    width = _WIDTH if numbered else _NARROW
    left, head = label_width(rows, least=60, most=_MOST_LABEL), label_width(columns, least=60, most=_MOST_LABEL)
    top = _TITLE + head * 0.75
    most = [max((value for value in line if math.isfinite(value)), default=0.0) or 1.0 for line in values]
    cells = [
        {
            "x": left + column * width,
            "y": top + row * _HEIGHT,
            "shade": round(value / most[row] * _DARKEST, 3),
            "text": write(value) if numbered else "",
            "name": f"{rows[row]}, {columns[column]}: {write(value)}",
        }
        for row, line in enumerate(values)
        for column, value in enumerate(line)
        if math.isfinite(value)
    ]
    svg = rendered(
        "matrix.svg.jinja",
        title=title,
        width=left + len(columns) * width + head * 0.6,
        height=top + len(rows) * _HEIGHT + 8,
        size=(width, _HEIGHT),
        cells=cells,
        rows=[(top + (at + 0.5) * _HEIGHT, fitted(name, left - 10)) for at, name in enumerate(rows)],
        columns=[(left + (at + 0.5) * width, fitted(name, head - 10)) for at, name in enumerate(columns)],
        left=left,
        top=top,
    )
    return Figure(svg, f"{title}: {_told(rows, columns, values, write)}")


def _told(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float]], write: Callable[[float], str]
) -> str:
    """Say of each row from where to where it goes."""
    said = []
    for name, line in zip(rows, values, strict=True):
        known = [(value, column) for value, column in zip(line, columns, strict=True) if math.isfinite(value)]
        if known:
            (low, first), (high, second) = (end(known, key=lambda cell: cell[0]) for end in (min, max))
            said.append(f"{name} {write(low)} ({first}) to {write(high)} ({second})")
    return "; ".join(said) or "nothing to show"
