"""Names and numbers as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.evaluation import Estimate
from keepfit.exploration.features import Rate

_THOUSAND = 999.5
_SHOWN_NAMES = 3


def named(name: str) -> str:
    """Return a column's name, in quotation marks where it begins or ends with a blank, or is none."""
    return name if name and name == name.strip() else f'"{name}"'


def listed(names: Sequence[str]) -> str:
    """Return names as a list, at most three of them."""
    shown = [named(name) for name in names[:_SHOWN_NAMES]]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]


def number(value: float) -> str:
    """Return a number to four digits, with its thousands."""
    return f"{value:,.0f}" if abs(value) >= _THOUSAND else f"{value:.4g}"


def share(part: int, whole: int) -> str:
    """Return a share in per cent; what is some is never nothing, and what is not all is never all."""
    if 0 < part < 0.0005 * whole:
        return "under 0.1%"
    if whole - 0.0005 * whole < part < whole:
        return "over 99.9%"
    return f"{part / whole:.1%}"


def interval(score: Estimate) -> str:
    """Return an estimate with its interval."""
    return f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]"


def told(rates: Sequence[Rate]) -> str:
    """Return rates as the end of an evidence, each with its interval and its rows."""
    return "".join(f"; {rate.label}: {spread(rate.rate)} of {rate.rows:,} rows" for rate in rates)


def spread(rate: Estimate) -> str:
    """Return a rate in per cent with its interval."""
    return f"{rate.value:.1%} [{rate.low:.1%}, {rate.high:.1%}]"
