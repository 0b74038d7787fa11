"""The figures: one file for each, SVG in the palette of the page that it stands in.

A shape is filled by a class of the page's style, never by a colour of its own, so that figures follow dark mode.
"""

from keepfit.reporting.figures.bars import Bar, effect_bars
from keepfit.reporting.figures.batches import BatchEvent, BatchLine, batch_chart
from keepfit.reporting.figures.categories import overlaid_categories
from keepfit.reporting.figures.curves import Curve, curve_chart
from keepfit.reporting.figures.distribution import overlaid_numbers
from keepfit.reporting.figures.grid import value_grid
from keepfit.reporting.figures.heatmap import confusion_matrix
from keepfit.reporting.figures.intervals import Interval, interval_chart
from keepfit.reporting.figures.matrix import association_square, share_square
from keepfit.reporting.figures.timelines import Timeline, timeline_chart
from keepfit.reporting.figures.value_bars import value_bars

__all__ = [
    "Bar",
    "BatchEvent",
    "BatchLine",
    "Curve",
    "Interval",
    "Timeline",
    "association_square",
    "batch_chart",
    "confusion_matrix",
    "curve_chart",
    "effect_bars",
    "interval_chart",
    "overlaid_categories",
    "overlaid_numbers",
    "share_square",
    "timeline_chart",
    "value_bars",
    "value_grid",
]
