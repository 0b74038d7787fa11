"""A mean that may be looked at as often as one likes: its lower bound holds at all times together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from keepfit.arrays import Floats
from keepfit.evaluation.intervals import Estimate

_NORMAL = 1.959964  # standard deviations around the mean that hold 95 %


@dataclass(frozen=True, slots=True)
class RunningMean:
    """Values that are added up as they come.

    Attributes
    ----------
    count, total, squares
        How many, their sum, and the sum of their squares.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def with_values(self, values: Floats) -> RunningMean:
        """Return the same with more values, `(n,)`."""
        return RunningMean(
            self.count + len(values), self.total + float(values.sum()), self.squares + float((values**2).sum())
        )

    @property
    def mean(self) -> float:
        """The mean; NaN of no value."""
        return self.total / self.count if self.count else math.nan

    @property
    def deviation(self) -> float:
        """The standard deviation; NaN of no value."""
        return math.sqrt(max(self.squares / self.count - self.mean**2, 0.0)) if self.count else math.nan

    def estimate(self) -> Estimate:
        """Return the mean with its normal 95 % interval: of values that are independent, and looked at once."""
        room = _NORMAL * self.deviation / math.sqrt(self.count) if self.count else math.nan
        return Estimate(self.mean, self.mean - room, self.mean + room)

    def lower_bound(self, *, significance: float, tuned_for: int) -> float:
        """Return what the expected value is above, at all times at once, up to a chance.

        It is asymptotic: of few values it is too near. Unlike a confidence interval it may be looked at after each
        value, and one may stop when one likes what one sees.

        Parameters
        ----------
        significance
            The chance that it is ever wrong.
        tuned_for
            After how many values it is to be near.

        References
        ----------
        Waudby-Smith, I., Arbour, D., Sinha, R., Kennedy, E. H. and Ramdas, A. (2024). Time-uniform central limit theory
        and asymptotic confidence sequences. Annals of Statistics 52, 2613-2640: the one-sided sequence, and its
        parameter for a time at which it is nearest.
        """
        if not self.count:
            return -math.inf
        twice = -2 * math.log(2 * significance)
        rho_squared = (twice + math.log(twice + 1)) / tuned_for
        spread = self.count * rho_squared + 1
        room = 2 * spread / (self.count**2 * rho_squared) * math.log(1 + math.sqrt(spread) / (2 * significance))
        return self.mean - self.deviation * math.sqrt(room)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> RunningMean:
        """Rebuild it from `to_dict`'s form."""
        return cls(**facts)
