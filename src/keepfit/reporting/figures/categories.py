"""Two distributions of a category: the shares of its levels in pairs of bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keepfit.reporting.figures.label import fitted, fitted_title, label_width, text_width
from keepfit.reporting.figures.scale import Scale
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_WIDTH, _RIGHT = 360, 240
_TOP, _ROW = 44, 22
_MOST_LEVELS = 12

Row = tuple[str, float, float]


def overlaid_categories(
    title: str, labels: Sequence[str], reference: Sequence[float], window: Sequence[float], *, names: tuple[str, str]
) -> Figure:
    """Draw the shares of categories, the most frequent first; what is rarer than the twelfth is one pair.

    Parameters
    ----------
    title
        The column.
    labels
        Its levels; those that neither side has are left out.
    reference, window
        Counts or shares by level.
    names
        What the two sides are called.
    """
    rows = _rows(labels, reference, window)
    start = label_width([label for label, _, _ in rows], least=60, most=130)
    x = Scale(0.0, max((share for row in rows for share in row[1:]), default=1.0), start, _RIGHT)
    svg = rendered(
        "categories.svg.jinja",
        title=fitted_title(title, _WIDTH - 24),
        width=_WIDTH,
        height=_TOP + max(len(rows), 1) * _ROW + 6,
        names=names,
        second_at=round(26 + text_width(names[0]) + 12, 1),
        rows=[
            {
                "label": fitted(label, start - 10),
                "name": label,
                "y": _TOP + number * _ROW,
                "lengths": [round(x(share) - start, 1) for share in shares],
                "text": " → ".join(f"{share:.1%}" for share in shares),
            }
            for number, (label, *shares) in enumerate(rows)
        ],
        start=start,
        top=_TOP,
    )
    told = ", ".join(f"{label} {before:.1%} and {now:.1%}" for label, before, now in rows) or "no values"
    return Figure(svg, f"Shares of {title}, {names[0]} and {names[1]}: {told}")


def _rows(labels: Sequence[str], reference: Sequence[float], window: Sequence[float]) -> list[Row]:
    """Return levels with their two shares; the two columns of shares each add up to one."""
    if not len(labels) == len(reference) == len(window):
        raise ValueError("there is one count for each level and side")
    before, now = (np.asarray(counts, dtype=np.float64) / (sum(counts) or 1) for counts in (reference, window))
    order = [at for at in np.argsort(-(before + now), kind="stable") if before[at] + now[at] > 0]
    shown, rest = (order, []) if len(order) <= _MOST_LEVELS else (order[: _MOST_LEVELS - 1], order[_MOST_LEVELS - 1 :])
    rows = [(labels[at], float(before[at]), float(now[at])) for at in shown]
    return [*rows, (f"{len(rest)} rarer ones", float(before[rest].sum()), float(now[rest].sum()))] if rest else rows
