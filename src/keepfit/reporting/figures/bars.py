"""Effects as bars against a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from keepfit.reporting.figures.label import fitted, inside, label_width
from keepfit.reporting.figures.scale import Scale
from keepfit.reporting.page import Figure, require_state
from keepfit.reporting.templating import rendered

_WIDTH, _RIGHT = 720, 650
_TOP, _ROW = 34, 22


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar's label, its value (NaN for none) and its state: `ok`, `warn`, `alarm`, `unknown`."""

    label: str
    value: float
    state: str

    def __post_init__(self) -> None:
        require_state(self.state)


def effect_bars(title: str, bars: Sequence[Bar], *, threshold: float, threshold_name: str) -> Figure:
    """Draw bars from zero, in the order given, and the threshold as a line across them.

    Parameters
    ----------
    title
        What the bars measure, with its unit.
    bars
        Values are sizes: what is below zero has no length.
    threshold, threshold_name
        Where the line is, in the unit of the bars, and what it means.
    """
    start = label_width([bar.label for bar in bars], least=90, most=260)
    known = [bar.value for bar in bars if math.isfinite(bar.value)]
    x = Scale(0.0, max([threshold * 1.25, *known]) or 1.0, start, _RIGHT)
    rows = [_row(bar, _TOP + number * _ROW, start, x) for number, bar in enumerate(bars)]
    bottom = _TOP + len(rows) * _ROW
    line_text = f"{threshold_name}: {threshold:g}"
    svg = rendered(
        "bars.svg.jinja",
        title=title,
        width=_WIDTH,
        height=bottom + 28,
        rows=rows,
        start=start,
        threshold=x(threshold),
        line_text=line_text,
        text_at=inside(x(threshold), line_text, start, _WIDTH),
        top=_TOP,
        bottom=bottom,
    )
    told = ", ".join(f"{bar.label} {_text(bar.value)}" for bar in bars)
    return Figure(svg, f"{title}: {told or 'nothing to show'}; {line_text}")


def _row(bar: Bar, y: float, start: float, x: Scale) -> dict[str, object]:
    return {
        "label": fitted(bar.label, start - 10),
        "name": bar.label,
        "y": y,
        "length": 0.0 if math.isnan(bar.value) else round(x(bar.value) - start, 1),
        "text": _text(bar.value),
        "state": bar.state,
    }


def _text(value: float) -> str:
    if math.isnan(value):
        return "no values"
    return "∞" if math.isinf(value) else f"{value:.3f}"
