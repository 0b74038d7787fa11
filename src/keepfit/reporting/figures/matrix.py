"""A square of shades: how much each column tells of each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from keepfit.reporting.figures.label import fitted, label_width
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_CELL, _TITLE, _MOST_LABEL = 30, 30, 150
_DARKEST = 0.5  # text stays readable on it
_MOST_NUMBERED = 24


def association_square(title: str, names: Sequence[str], values: Sequence[Sequence[float]]) -> Figure:
    """Draw a symmetric matrix of values from 0 to 1.

    Parameters
    ----------
    title
        What the values are.
    names, values
        Columns, and a value for each pair, `(n, n)`; NaN is left empty.
    """
    if any(len(row) != len(names) for row in values) or len(values) != len(names):
        raise ValueError("a matrix has a row and a column for each name")
    label = label_width(names, least=60, most=_MOST_LABEL)
    top = _TITLE + label * 0.75
    numbered = len(names) <= _MOST_NUMBERED
    cells = [
        {
            "x": label + column * _CELL,
            "y": top + row * _CELL,
            "shade": round(value * _DARKEST, 3),
            "text": f"{value:.2f}".removeprefix("0") if numbered and row != column else "",
            "name": f"{names[row]} and {names[column]}: {value:.3f}",
        }
        for row, line in enumerate(values)
        for column, value in enumerate(line)
        if math.isfinite(value)
    ]
    svg = rendered(
        "matrix.svg.jinja",
        title=title,
        width=label + len(names) * _CELL + label * 0.6,
        height=top + len(names) * _CELL + 8,
        size=_CELL,
        cells=cells,
        rows=[(top + (at + 0.5) * _CELL, fitted(name, label - 10)) for at, name in enumerate(names)],
        columns=[(label + (at + 0.5) * _CELL, fitted(name, label - 10)) for at, name in enumerate(names)],
        left=label,
        top=top,
    )
    strongest = sorted(
        ((values[row][column], row, column) for row in range(len(names)) for column in range(row)), reverse=True
    )[:5]
    told = "; ".join(f"{names[row]} and {names[column]} {value:.2f}" for value, row, column in strongest)
    return Figure(svg, "", f"{title}; the strongest: {told or 'none'}")
