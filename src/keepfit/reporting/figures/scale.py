"""From values to places: a linear scale and its ticks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SIZES = ((1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"))
_DIGITS = 4


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

    def ticks(self, count: int = 5, write: Callable[[float], str] | None = None) -> list[tuple[float, str]]:
        """Return places and texts of about so many round values; no two texts are the same.

        Parameters
        ----------
        count
            How many, about.
        write
            How a value is written, by default as a number.
        """
        span = (self.high - self.low) or 1.0
        magnitude = 10 ** math.floor(math.log10(span / count))
        step = next(magnitude * factor for factor in _STEPS if magnitude * factor >= span / count * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        values = [number * step for number in range(first, last + 1)]
        if write:
            places = {write(value): self(value) for value in reversed(values)}
            return [(place, text) for text, place in reversed(places.items())]
        digits = math.floor(math.log10(max(abs(first), abs(last), 1))) + 3  # steps of 2.5 need two more than whole ones
        return list(zip(map(self, values), _texts(values, max(digits, _DIGITS)), strict=True))


def short(value: float) -> str:
    """Return a number in few characters, to four digits: 12.5k, 3M, 2005, 0.05."""
    return _texts([value], _DIGITS)[0]


def _texts(values: Sequence[float], digits: int) -> list[str]:
    """Return numbers to so many digits, all in the unit (none, k, M, G) that takes the least room."""
    written = [[f"{value / size:.{digits}g}{letter if value else ''}" for value in values] for size, letter in _SIZES]
    return min(written, key=lambda texts: sum(map(len, texts)))
