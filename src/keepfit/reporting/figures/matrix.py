"""A square of shades: how much each column tells of each other, or goes with it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from keepfit.reporting.figures.label import fitted, label_width
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_CELL, _TITLE, _MOST_LABEL = 30, 30, 150
_DARKEST = 0.5  # text stays readable on it
_MOST_NUMBERED = 24
_TOLD = 5


def association_square(title: str, names: Sequence[str], values: Sequence[Sequence[float]]) -> Figure:
    """Draw values from 0 to 1 that two columns have in common, whichever comes first.

    Parameters
    ----------
    title
        What the values are.
    names, values
        Columns, and a value for each pair, `(n, n)`; NaN is left empty.
    """
    pairs = [(row, column) for row in range(len(names)) for column in range(row)]
    in_cell, in_words = "{row} and {column}: {value:.3f}", "{row} and {column} {value:.2f}"
    return _square(title, names, values, pairs, in_cell=in_cell, in_words=in_words)


def share_square(title: str, names: Sequence[str], values: Sequence[Sequence[float]]) -> Figure:
    """Draw of what has one thing the share that has another, from the row to the column.

    Parameters
    ----------
    title
        What the shares are of.
    names, values
        Things, and a share for each pair, `(n, n)`; NaN is left empty.
    """
    pairs = [(row, column) for row in range(len(names)) for column in range(len(names)) if row != column]
    said = "of {row}, have {column}: {value:.0%}"
    return _square(title, names, values, pairs, in_cell=said, in_words=said)


def _square(
    title: str,
    names: Sequence[str],
    values: Sequence[Sequence[float]],
    pairs: Sequence[tuple[int, int]],
    *,
    in_cell: str,
    in_words: str,
) -> Figure:
    """Draw a square of shades, and tell the strongest of some pairs."""
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
            "name": in_cell.format(row=names[row], column=names[column], value=value),
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
        size=(_CELL, _CELL),
        cells=cells,
        rows=[(top + (at + 0.5) * _CELL, fitted(name, label - 10)) for at, name in enumerate(names)],
        columns=[(label + (at + 0.5) * _CELL, fitted(name, label - 10)) for at, name in enumerate(names)],
        left=label,
        top=top,
    )
    known = [(values[row][column], row, column) for row, column in pairs if math.isfinite(values[row][column])]
    told = "; ".join(
        in_words.format(row=names[row], column=names[column], value=value)
        for value, row, column in sorted(known, reverse=True)[:_TOLD]
    )
    return Figure(svg, f"{title}; the strongest: {told or 'none'}")
