"""Values over time: some lines on one scale, each with its newest value."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from keepfit.reporting.figures.label import fitted, fitted_title
from keepfit.reporting.figures.scale import Scale, short
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 360, 58, 348, 28, 150
_KEY_TOP, _KEY = 178, 17
_DAYS = 3 * 86_400.0  # from here on the axis has dates
_STYLES = ("first", "second", "third", "fourth", "fifth", "sixth")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A line: its name, and `(seconds since 1970, value)` in the order of time; what is no number is a gap."""

    name: str
    points: Sequence[Point]

    @property
    def newest(self) -> float:
        """The newest value that is a number, NaN for none."""
        return next((value for _, value in reversed(self.points) if math.isfinite(value)), math.nan)


def timeline_chart(
    title: str,
    lines: Sequence[Timeline],
    *,
    span: tuple[float, float] | None = None,
    write: Callable[[float], str] = short,
    limit: float | None = None,
    from_zero: bool = True,
) -> Figure:
    """Draw lines over one stretch of time (UTC); of more than six those whose newest value is the largest.

    Parameters
    ----------
    title
        What is drawn.
    lines
        Any number.
    span
        The stretch that is shown, in seconds since 1970; by default that of the points.
    write
        How a value is written, with its unit.
    limit
        A dashed line to compare with; drawn where it is near what is drawn.
    from_zero
        Whether the scale has zero on it, or only what is drawn and the dashed line.
    """
    known = [line for line in lines if any(math.isfinite(value) for _, value in line.points)]
    kept = known if len(known) <= len(_STYLES) else sorted(known, key=lambda line: -line.newest)[: len(_STYLES)]
    x, y = _scales(kept, span, limit) if from_zero else _close_scales(kept, span, limit)
    near = limit is not None and limit <= y.high
    left_out = len(known) - len(kept)
    keys = [
        {
            "y": _KEY_TOP + number * _KEY,
            "style": style,
            "text": fitted(f"{line.name}: {write(line.newest)}", _WIDTH - 24),
        }
        for number, (line, style) in enumerate(zip(kept, _STYLES, strict=False))
    ]
    height = _KEY_TOP + (len(keys) + (1 if left_out else 0)) * _KEY
    svg = rendered(
        "timelines.svg.jinja",
        title=fitted_title(title, _WIDTH),
        size=(_WIDTH, height),
        frame=(_LEFT, _RIGHT, _TOP, _BOTTOM),
        lines=[(style, part) for line, style in zip(kept, _STYLES, strict=False) for part in _parts(line, x, y)],
        limit=y(limit) if near and limit is not None else None,
        x_ticks=x.ticks(3, _day if x.high - x.low > _DAYS else _clock),
        y_ticks=y.ticks(4, write),
        keys=keys,
        more=f"and {left_out} more, below these" if left_out else "",
        more_at=height - _KEY,
    )
    told = "; ".join(f"{line.name} {write(line.newest)}" for line in kept) or "nothing to show"
    bound = f"; limit {write(limit)}" if limit is not None else ""
    return Figure(svg, f"{title} over time, newest: {told}{bound}")


def _scales(lines: Sequence[Timeline], span: tuple[float, float] | None, limit: float | None) -> tuple[Scale, Scale]:
    across = [moment for line in lines for moment, _ in line.points]
    up = [value for line in lines for _, value in line.points if math.isfinite(value)]
    low, high = min([0.0, *up]), max(up, default=1.0)
    if limit is not None and limit <= high * 2:
        high = max(high, limit)
    begin, end = span or (min(across, default=0.0), max(across, default=1.0))
    return Scale(begin, end, _LEFT, _RIGHT), Scale(low, high * 1.08 if high > low else low + 1.0, _BOTTOM, _TOP)


def _close_scales(
    lines: Sequence[Timeline], span: tuple[float, float] | None, limit: float | None
) -> tuple[Scale, Scale]:
    """Return scales that end where the values do, with some air."""
    x, _ = _scales(lines, span, limit)
    up = [value for line in lines for _, value in line.points if math.isfinite(value)]
    up += [] if limit is None else [limit]
    low, high = min(up, default=0.0), max(up, default=1.0)
    air = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    return x, Scale(low - air, high + air, _BOTTOM, _TOP)


def _parts(line: Timeline, x: Scale, y: Scale) -> list[str]:
    """Return the pieces of a line between its gaps."""
    parts: list[list[str]] = [[]]
    for moment, value in line.points:
        if math.isfinite(value):
            parts[-1].append(f"{x(moment)},{y(value)}")
        elif parts[-1]:
            parts.append([])
    return [" ".join(part if len(part) > 1 else part * 2) for part in parts if part]


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S")
