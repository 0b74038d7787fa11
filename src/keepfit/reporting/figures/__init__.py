"""The figures: one file for each, SVG in the palette of the page that it stands in."""

from keepfit.reporting.figures.bars import Bar, effect_bars
from keepfit.reporting.figures.distribution import overlaid_categories, overlaid_numbers
from keepfit.reporting.figures.intervals import Interval, interval_chart

__all__ = ["Bar", "Interval", "effect_bars", "interval_chart", "overlaid_categories", "overlaid_numbers"]
