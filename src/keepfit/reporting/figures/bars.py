"""Effects as bars against a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from keepfit.reporting.figures.scale import Scale
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import templates

_WIDTH, _LABEL_WIDTH, _RIGHT = 720, 150, 660
_TOP, _ROW = 34, 22


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar's label, its value (NaN for none) and its state: `ok`, `warn`, `alarm`, `unknown`."""

    label: str
    value: float
    state: str


def effect_bars(title: str, bars: Sequence[Bar], *, threshold: float, threshold_name: str) -> Figure:
    """Draw bars from the left, in the order given, and the threshold as a line across them."""
    known = [bar.value for bar in bars if not math.isnan(bar.value)]
    x = Scale(0.0, max([threshold * 1.25, *known]), _LABEL_WIDTH, _RIGHT)
    rows = [
        {
            "label": bar.label if len(bar.label) <= 20 else f"{bar.label[:19]}…",  # noqa: PLR2004 - what fits
            "y": _TOP + number * _ROW,
            "length": 0.0 if math.isnan(bar.value) else x(bar.value) - _LABEL_WIDTH,
            "text": "no values" if math.isnan(bar.value) else f"{bar.value:.3f}",
            "state": bar.state,
        }
        for number, bar in enumerate(bars)
    ]
    svg = (
        templates()
        .get_template("bars.svg.jinja")
        .render(
            title=title,
            width=_WIDTH,
            height=_TOP + len(rows) * _ROW + 26,
            rows=rows,
            start=_LABEL_WIDTH,
            threshold=x(threshold),
            threshold_name=threshold_name,
            top=_TOP,
            bottom=_TOP + len(rows) * _ROW,
        )
    )
    return Figure(svg, "", f"{title}: {', '.join(f'{bar.label} {bar.value:.2f}' for bar in bars)}")
