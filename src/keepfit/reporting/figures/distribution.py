"""Two distributions of one column over each other: the reference as an area, the window as a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from keepfit.reporting.figures.scale import Scale
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import templates

_WIDTH, _HEIGHT = 360, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 12, 348, 44, 160
_ROW = 22
_LEAST_TOLD = 0.0005
_LABEL_WIDTH = 110
_MOST_LEVELS = 12
_WIDEST_TAIL = 0.6  # a last bin that is wider than this share of all before it is not drawn, but told


def overlaid_numbers(
    title: str, edges: Sequence[float], reference: Sequence[float], window: Sequence[float], *, names: tuple[str, str]
) -> Figure:
    """Draw two densities over unequal bins, so that areas are shares.

    Parameters
    ----------
    title
        The column.
    edges
        Outer edges included: one more than there are bins, ascending.
    reference, window
        Counts by bin.
    names
        What the two are called.
    """
    places = np.array(edges, dtype=np.float64)
    widths = np.maximum(np.diff(places), 1e-12)
    shares = [np.array(counts, dtype=np.float64) / max(sum(counts), 1) for counts in (reference, window)]
    least = float(places[-1] - places[0]) / 200 or 1.0  # a spike of equal values is drawn as wide as a hair
    densities = [share / np.maximum(widths, least) for share in shares]
    together = (shares[0] + shares[1]) / 2
    shown = len(widths)
    while shown > 1 and widths[shown - 1] > _WIDEST_TAIL * (places[shown - 1] - places[0]):
        shown -= 1
    right = float(places[shown])
    beyond = float(together[shown:].sum())
    cut = f"{beyond:.1%} lie further right" if beyond >= _LEAST_TOLD else ""
    x = Scale(float(places[0]), right, _LEFT, _RIGHT)
    highest = max(float(np.quantile(np.concatenate(densities), 0.97)), 1e-12)
    y = Scale(0.0, highest, _BOTTOM, _TOP)
    paths = [_steps(places[: shown + 1], density[:shown], x, y) for density in densities]
    svg = (
        templates()
        .get_template("distribution.svg.jinja")
        .render(
            title=title,
            width=_WIDTH,
            height=_HEIGHT,
            names=names,
            area=paths[0],
            line=paths[1],
            bottom=_BOTTOM,
            left=_LEFT,
            right=_RIGHT,
            ticks=x.ticks(4),
            cut=cut,
        )
    )
    return Figure(svg, "", f"Distribution of {title}: {names[0]} and {names[1]}")


def overlaid_categories(
    title: str, labels: Sequence[str], reference: Sequence[float], window: Sequence[float], *, names: tuple[str, str]
) -> Figure:
    """Draw the shares of categories in pairs of bars, the most frequent first."""
    shares = [np.array(counts, dtype=np.float64) / max(sum(counts), 1) for counts in (reference, window)]
    order = np.argsort(-(shares[0] + shares[1]), kind="stable")[:_MOST_LEVELS]
    x = Scale(0.0, max(float(max(share.max() for share in shares)), 1e-12), _LABEL_WIDTH, _RIGHT - 96)
    rows = [
        {
            "label": labels[at] if len(labels[at]) <= 15 else f"{labels[at][:14]}…",  # noqa: PLR2004 - what fits
            "y": _TOP + number * _ROW,
            "first": x(shares[0][at]) - _LABEL_WIDTH,
            "second": x(shares[1][at]) - _LABEL_WIDTH,
            "texts": (f"{shares[0][at]:.1%}", f"{shares[1][at]:.1%}"),
        }
        for number, at in enumerate(order)
    ]
    left_out = len(labels) - len(rows)
    svg = (
        templates()
        .get_template("categories.svg.jinja")
        .render(
            title=title,
            width=_WIDTH,
            height=_TOP + len(rows) * _ROW + (20 if left_out else 6),
            names=names,
            rows=rows,
            start=_LABEL_WIDTH,
            left_out=left_out,
        )
    )
    return Figure(svg, "", f"Shares of {title}: {names[0]} and {names[1]}")


def _steps(places: NDArray[np.float64], density: NDArray[np.float64], x: Scale, y: Scale) -> str:
    """Return the outline of a histogram as points."""
    points = []
    for at, height in enumerate(density):
        points += [(x(places[at]), y(height)), (x(places[at + 1]), y(height))]
    return " ".join(f"{across},{down}" for across, down in points)
