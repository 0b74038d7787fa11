"""Curves over one scale: ROC, precision and recall, calibration, learning, selection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from keepfit.reporting.figures.label import fitted_title, text_width
from keepfit.reporting.figures.scale import Scale, short
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_WIDTH, _HEIGHT = 360, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 348, 48, 256
_STYLES = ("first", "second")
_MOST_DOTS = 40
_TOLD_POINTS = 12

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points.

    Attributes
    ----------
    name
        What it is called.
    points
        `(x, y)` in the order of x.
    ends
        The interval of each y, `(low, high)`; empty for none. With few points they are drawn as whiskers, with many
        as a band.
    """

    name: str
    points: Sequence[Point]
    ends: Sequence[Point] = field(default=())

    def __post_init__(self) -> None:
        if self.ends and len(self.ends) != len(self.points):
            raise ValueError(f"{len(self.points)} points have {len(self.ends)} intervals")


def curve_chart(
    title: str, curves: Sequence[Curve], *, x_name: str, y_name: str, guide: Sequence[Point] = (), is_share: bool = True
) -> Figure:
    """Draw one curve or two on one scale.

    Parameters
    ----------
    title
        What is drawn; the name of the upright axis is added to it.
    curves
        At most two; points that are no finite numbers are left out.
    x_name, y_name
        The axes, with their units.
    guide
        A dashed line to compare with, such as the diagonal.
    is_share
        Whether both axes go from 0 to 1; otherwise they hold what is drawn.

    Raises
    ------
    ValueError
        When there are more than two curves.
    """
    if len(curves) > len(_STYLES):
        raise ValueError(f"{len(curves)} curves cannot be told apart")
    kept = [_finite(curve) for curve in curves]
    x, y = _scales(kept, guide, is_share=is_share)
    svg = rendered(
        "curves.svg.jinja",
        title=fitted_title(f"{title}: {y_name}", _WIDTH),
        size=(_WIDTH, _HEIGHT),
        frame=(_LEFT, _RIGHT, _TOP, _BOTTOM),
        keys=_keys(kept),
        lines=[_line(curve, style, x, y) for curve, style in zip(kept, _STYLES, strict=False)],
        guide=_path(guide, x, y) if guide else "",
        x_ticks=x.ticks(5),
        y_ticks=y.ticks(5),
        x_name=x_name,
    )
    return Figure(svg, f"{title}: {y_name} by {x_name}; " + "; ".join(_told(curve) for curve in kept))


def _finite(curve: Curve) -> Curve:
    kept = [at for at, point in enumerate(curve.points) if all(map(math.isfinite, point))]
    return Curve(curve.name, [curve.points[at] for at in kept], [curve.ends[at] for at in kept] if curve.ends else ())


def _scales(curves: Sequence[Curve], guide: Sequence[Point], *, is_share: bool) -> tuple[Scale, Scale]:
    """Return the scales of the two axes."""
    if is_share:
        return Scale(0.0, 1.0, _LEFT, _RIGHT), Scale(0.0, 1.0, _BOTTOM, _TOP)
    across = [point[0] for curve in curves for point in curve.points] + [point[0] for point in guide]
    up = [point[1] for curve in curves for point in curve.points] + [point[1] for point in guide]
    up += [end for curve in curves for ends in curve.ends for end in ends if math.isfinite(end)]
    low, high = min(up, default=0.0), max(up, default=1.0)
    margin = (high - low) * 0.06 or 0.05
    return (
        Scale(min(across, default=0.0), max(across, default=1.0), _LEFT, _RIGHT),
        Scale(low - margin, high + margin, _BOTTOM, _TOP),
    )


def _keys(curves: Sequence[Curve]) -> list[dict[str, object]]:
    keys: list[dict[str, object]] = []
    place = 0.0
    for curve, style in zip(curves, _STYLES, strict=False):
        keys.append({"x": round(place, 1), "name": curve.name, "style": style})
        place += 18 + text_width(curve.name) + 12
    return keys


def _line(curve: Curve, style: str, x: Scale, y: Scale) -> dict[str, object]:
    has_dots = len(curve.points) <= _MOST_DOTS
    ends = list(zip(curve.points, curve.ends, strict=True)) if curve.ends else []
    band = [(at, high) for (at, _), (_, high) in ends] + [(at, low) for (at, _), (low, _) in reversed(ends)]
    return {
        "style": style,
        "points": _path(curve.points, x, y),
        "dots": [(x(across), y(up)) for across, up in curve.points] if has_dots else [],
        "whiskers": [(x(at), y(low), y(high)) for (at, _), (low, high) in ends] if has_dots else [],
        "band": "" if has_dots or not ends else _path(band, x, y),
    }


def _path(points: Sequence[Point], x: Scale, y: Scale) -> str:
    return " ".join(f"{x(across)},{y(up)}" for across, up in points)


def _told(curve: Curve) -> str:
    step = max(1, math.ceil(len(curve.points) / _TOLD_POINTS))
    told = ", ".join(f"{short(up)} at {short(across)}" for across, up in curve.points[::step])
    return f"{curve.name} {told or 'nothing to show'}"
