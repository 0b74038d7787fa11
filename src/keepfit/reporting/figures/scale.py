"""From values to places: a linear scale and its ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from `low` to `high` onto places from `start` to `end`; what lies outside is put at the edge."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth of a pixel."""
        share = (min(max(value, self.low), self.high) - self.low) / ((self.high - self.low) or 1.0)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, count: int = 5) -> list[tuple[float, str]]:
        """Return places and texts of about so many round values."""
        span = (self.high - self.low) or 1.0
        magnitude = 10 ** math.floor(math.log10(span / count))
        step = next(magnitude * factor for factor in _STEPS if magnitude * factor >= span / count * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [(self(number * step), short(number * step)) for number in range(first, last + 1)]


def short(value: float) -> str:
    """Return a number in few characters: 1.2k, 3M, 0.05."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
