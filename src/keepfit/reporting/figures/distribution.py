"""Two distributions of a number over each other: the reference as an area, the window as a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.date_text import date_text
from keepfit.reporting.figures.label import fitted_title, inside, text_width
from keepfit.reporting.figures.scale import Scale, short
from keepfit.reporting.page import Figure
from keepfit.reporting.templating import rendered

_WIDTH, _HEIGHT = 360, 212
_LEFT, _RIGHT, _TOP, _BOTTOM = 12, 348, 60, 172
_HAIR = 1 / 80  # of the width: the narrowest bin that is drawn
_WIDE_TAIL = 0.6  # an outer bin wider than this share of all others is not drawn, but told ...
_MOST_BEYOND = 0.15  # ... unless either side has more than this share there
_LEAST_BINS = 3
_SPIKE = 3.0  # a bin so many times denser than the next is cut off, and told
_MOST_SPIKES = 3
_ABOVE = 1.5  # where a spike is cut off, over the densest of the others

Shares = NDArray[np.float64]
Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class _Bins:
    """Bins as they are drawn: edges `(n + 1,)`, shares of the two sides `(2, n)`, and what is not drawn in words."""

    edges: NDArray[np.float64]
    shares: Shares
    notes: tuple[str, ...]

    @property
    def densities(self) -> Shares:
        """Shares by unit of the column, so that areas are shares."""
        return self.shares / np.diff(self.edges)


def overlaid_numbers(
    title: str,
    edges: Sequence[float],
    reference: Sequence[float],
    window: Sequence[float],
    *,
    names: tuple[str, str],
    is_date: bool = False,
) -> Figure:
    """Draw two densities over unequal bins, so that areas are shares.

    A long tail and a spike (many rows with one value) would flatten all else: the first is left out and the second
    cut off, and each is told with its two shares.

    Parameters
    ----------
    title
        The column.
    edges
        Outer edges included: one more than there are bins, ascending. A first bin without width is a single value.
    reference, window
        Counts or shares by bin.
    names
        What the two sides are called.
    is_date
        Whether the values are days since 1970-01-01, written as dates.
    """
    write = date_text if is_date else short
    if not len(edges) - 1 == len(reference) == len(window):
        raise ValueError("there is one edge more than there are bins, on both sides")
    shares = np.array([np.asarray(counts, dtype=np.float64) / (sum(counts) or 1) for counts in (reference, window)])
    bins = _drawn_bins(np.array(edges, dtype=np.float64), shares, write)
    x = Scale(float(bins.edges[0]), float(bins.edges[-1]), _LEFT, _RIGHT)
    highest, spikes = _height(bins)
    y = Scale(0.0, highest, _BOTTOM, _TOP)
    outlines = [_outline(bins.edges, density, x, y) for density in bins.densities]
    marks = [_spike(bins, at, x, write) for at in spikes]
    svg = rendered(
        "distribution.svg.jinja",
        title=fitted_title(title, _WIDTH - 2 * _LEFT),
        size=(_WIDTH, _HEIGHT),
        frame=(_LEFT, _RIGHT, _TOP, _BOTTOM),
        names=names,
        second_at=round(_LEFT + 14 + text_width(names[0]) + 12, 1),
        area=outlines[0],
        line=outlines[1],
        spikes=marks,
        ticks=[
            (inside(place, text, 0, _WIDTH), text) for place, text in x.ticks(4, write=date_text if is_date else None)
        ],
        notes="; ".join(bins.notes),
    )
    told = "; ".join([*(str(mark["text"]) for mark in marks), *bins.notes])
    return Figure(svg, f"Distribution of {title}, {names[0]} and {names[1]}" + (f": {told}" if told else ""))


def _drawn_bins(edges: NDArray[np.float64], shares: Shares, write: Write = short) -> _Bins:
    """Leave out long tails, join bins that are too narrow to see, and give a single value some width."""
    first, last, notes = _without_tails(edges, shares, write)
    edges, shares = edges[first : last + 2], shares[:, first : last + 1]
    span = float(edges[-1] - edges[0])
    hair = span * _HAIR or 1.0
    places, sums = [float(edges[0])], [np.zeros(2)]
    if edges[1] == edges[0]:
        places, sums = [float(edges[0]) - 2 * hair, float(edges[0])], [shares[:, 0], np.zeros(2)]
        edges, shares = edges[1:], shares[:, 1:]
    for right, share in zip(edges[1:], shares.T, strict=True):
        sums[-1] = sums[-1] + share
        if right - places[-1] >= hair:
            places.append(float(right))
            sums.append(np.zeros(2))
    sums[-2] = sums[-2] + sums[-1]  # what was left over at the right end is narrower than a hair
    if span:
        places[-1] = float(edges[-1])
    return _Bins(np.array(places), np.array(sums[:-1]).T, notes)


def _without_tails(edges: NDArray[np.float64], shares: Shares, write: Write) -> tuple[int, int, tuple[str, ...]]:
    """Return the first and the last bin that are drawn, and what lies beyond them."""
    first, last = 0, shares.shape[1] - 1

    def is_left_out(outer: int, low: int, high: int, beyond: Shares) -> bool:
        inner = edges[high + 1] - edges[low]
        is_wide = inner > 0 and edges[outer + 1] - edges[outer] > _WIDE_TAIL * inner
        return bool(is_wide and high - low + 1 >= _LEAST_BINS and beyond.sum(axis=1).max() <= _MOST_BEYOND)

    while is_left_out(last, first, last - 1, shares[:, last:]):
        last -= 1
    while is_left_out(first, first + 1, last, shares[:, : first + 1]):
        first += 1
    notes = []
    if first:
        notes.append(f"{_told(shares[:, :first].sum(axis=1))} up to {write(edges[first])}")
    if last < shares.shape[1] - 1:
        notes.append(f"{_told(shares[:, last + 1 :].sum(axis=1))} above {write(edges[last + 1])}")
    return first, last, tuple(notes)


def _height(bins: _Bins) -> tuple[float, list[int]]:
    """Return the density at the top of the drawing, and the bins that are cut off there."""
    highest = bins.densities.max(axis=0)
    order = np.argsort(-highest, kind="stable")
    ranked = highest[order]
    cuts = [
        number
        for number in range(1, min(_MOST_SPIKES, len(ranked) - 2) + 1)
        if ranked[number] > 0 and ranked[number - 1] > _SPIKE * ranked[number]
    ]
    if not cuts:
        return float(ranked[0]) or 1.0, []
    return float(ranked[cuts[-1]]) * _ABOVE, sorted(int(at) for at in order[: cuts[-1]])


def _spike(bins: _Bins, at: int, x: Scale, write: Write) -> dict[str, object]:
    """Return where a bin that is cut off stands, and what it holds."""
    left, right = x(bins.edges[at]), x(bins.edges[at + 1])
    is_left = (left + right) / 2 < (_LEFT + _RIGHT) / 2
    return {
        "left": left,
        "right": right,
        "text": f"{_told(bins.shares[:, at])} at {write(bins.edges[at + 1])}",
        "text_at": right + 6 if is_left else left - 6,
        "anchor": "start" if is_left else "end",
    }


def _told(shares: Shares) -> str:
    return f"{shares[0]:.1%} → {shares[1]:.1%}"


def _outline(edges: NDArray[np.float64], density: NDArray[np.float64], x: Scale, y: Scale) -> str:
    """Return the outline of a histogram as points, from the ground to the ground."""
    places, ground = [x(edge) for edge in edges.tolist()], y(0.0)
    points = [(places[0], ground)]
    for at, height in enumerate(map(y, density.tolist())):
        points += [(places[at], height), (places[at + 1], height)]
    points.append((places[-1], ground))
    return " ".join(f"{across},{down}" for across, down in points)
