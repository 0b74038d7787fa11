"""One value each, as bars from zero."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from keepfit.reporting.figures.label import fitted, fitted_title, label_width, text_width
from keepfit.reporting.figures.scale import Scale, short
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_WIDTH = 360
_TOP, _ROW = 28, 18


def value_bars(
    title: str,
    values: Sequence[tuple[str, float]],
    *,
    write: Callable[[float], str] = short,
    limit: float | None = None,
) -> Figure:
    """Draw a bar for each value, in the order given.

    Parameters
    ----------
    title
        What the bars measure.
    values
        A label and a size each; what is below zero, or no number, has no length.
    write
        How a value is written, with its unit.
    limit
        A dashed line across the bars that should not be crossed; None for none.
    """
    start = label_width([label for label, _ in values], least=60, most=190)
    known = [value for _, value in values if math.isfinite(value)]
    room = max([text_width(write(value)) for value in known], default=0.0) + 8
    x = Scale(0.0, max([0.0, *known, *([] if limit is None else [limit])]) or 1.0, start, _WIDTH - room)
    rows = [
        {
            "y": _TOP + number * _ROW,
            "label": fitted(label, start - 10),
            "name": label,
            "length": round(x(value) - start, 1) if math.isfinite(value) else 0.0,
            "text": write(value) if math.isfinite(value) else "no value",
        }
        for number, (label, value) in enumerate(values)
    ]
    bottom = _TOP + max(len(rows), 1) * _ROW
    svg = rendered(
        "value-bars.svg.jinja",
        title=fitted_title(title, _WIDTH),
        size=(_WIDTH, bottom + 8),
        rows=rows,
        start=start,
        span=(_TOP, bottom),
        limit=None if limit is None else x(limit),
    )
    told = ", ".join(f"{row['name']} {row['text']}" for row in rows) or "nothing to show"
    return Figure(svg, f"{title}: {told}" + (f"; limit {write(limit)}" if limit is not None else ""))
