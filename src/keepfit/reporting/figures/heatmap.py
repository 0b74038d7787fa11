"""Decisions by what was true: two by two, shaded by the share of each true class."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.reporting.figures.label import fitted
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_LEFT, _TOP = 118, 66
_CELL_WIDTH, _CELL_HEIGHT = 116, 56
_DARKEST = 0.5  # text stays readable on it


def confusion_matrix(
    labels: tuple[str, str], counts: Sequence[Sequence[int]], *, title: str = "Decisions by what was true"
) -> Figure:
    """Draw how many rows of each class were decided as which.

    Parameters
    ----------
    labels
        The negative and the positive class.
    counts
        Rows by what was true, columns by what was decided, `(2, 2)`, in the order of the labels.
    title
        Stands above it.
    """
    if [len(row) for row in counts] != [2, 2]:
        raise ValueError("a confusion matrix of two classes has two rows of two counts")
    cells = [_cell(row, column, counts) for row in range(2) for column in range(2)]
    svg = rendered(
        "heatmap.svg.jinja",
        title=title,
        width=360,
        height=_TOP + 2 * _CELL_HEIGHT + 12,
        cells=cells,
        size=(_CELL_WIDTH, _CELL_HEIGHT),
        columns=[(_LEFT + (at + 0.5) * _CELL_WIDTH, fitted(labels[at], _CELL_WIDTH - 8)) for at in range(2)],
        rows=[(_TOP + (at + 0.5) * _CELL_HEIGHT, fitted(labels[at], _LEFT - 14)) for at in range(2)],
        origin=(_LEFT, _TOP),
    )
    told = "; ".join(
        f"{counts[true][decided]} {labels[true]} decided {labels[decided]}" for true in range(2) for decided in range(2)
    )
    return Figure(svg, f"{title}: {told}")


def _cell(row: int, column: int, counts: Sequence[Sequence[int]]) -> dict[str, object]:
    total = sum(counts[row])
    share = counts[row][column] / total if total else 0.0
    return {
        "x": _LEFT + column * _CELL_WIDTH,
        "y": _TOP + row * _CELL_HEIGHT,
        "shade": round(share * _DARKEST, 3),
        "tone": "first" if row == column else "second",
        "count": f"{counts[row][column]:,}",
        "share": f"{share:.1%} of them" if total else "none",
    }
