"""When a challenger that learns batch by batch takes over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from keepfit.arrays import Floats, Labels
from keepfit.evaluation.anytime import RunningMean
from keepfit.project.stream_section import StreamSection

LEAST_OF_A_CLASS = 20
"""Rows of the rarer class without which nothing is shown."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """Whether it is better, and what that rests on.

    Attributes
    ----------
    is_better
        Whether it is shown to be.
    gain, bound
        By how much its log-loss is below the champion's on the average of the rows, and what that is above however
        often one looks.
    reason
        The same in a sentence.
    """

    is_better: bool
    gain: float
    bound: float
    reason: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows that champion and challenger were both asked about before either had learnt them.

    Attributes
    ----------
    gains
        By how much the challenger's log-loss was below the champion's, row by row.
    positives
        How many of the rows are positive.
    begun
        Which comparison it is since this champion serves, from 1.
    """

    gains: RunningMean = field(default_factory=RunningMean)
    positives: int = 0
    begun: int = 1

    @property
    def rows(self) -> int:
        """How many."""
        return self.gains.count

    @property
    def rarer(self) -> int:
        """How many are of the rarer class."""
        return min(self.positives, self.rows - self.positives)

    def with_rows(self, labels: Labels, gains: Floats) -> Compared:
        """Return the same with more rows, `(n_rows,)` each."""
        return replace(self, gains=self.gains.with_values(gains), positives=self.positives + int(labels.sum()))

    def anew(self) -> Compared:
        """Return the next comparison with the same champion, of no row yet."""
        return Compared(begun=self.begun + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Compared:
        """Rebuild it from `to_dict`'s form."""
        return cls(**{**facts, "gains": RunningMean.from_dict(facts["gains"])})


def judge_takeover(compared: Compared, section: StreamSection, *, loss: float, prior_loss: float) -> Takeover:
    """Judge from rows that both were asked about before either had learnt them.

    After each batch one looks whether to promote: a 95 % interval at each look would promote a challenger that is no
    better sooner or later. The bound holds at all looks together. It is asymptotic, and of a rare class the first few
    rows say nothing of what the next one costs: so many rows of each are asked for. A comparison that begins anew with
    the same champion has its part of the chance only: 6 / (pi k)^2 of it the k-th, which add up to all of it.

    Parameters
    ----------
    compared
        The rows.
    section
        How many rows must have been compared, and the chance of being wrong that is taken.
    loss, prior_loss
        Log-loss of the challenger, and of the share of positives, on the newest `min_rows` rows.
    """
    gains = compared.gains
    chance = section.significance * 6 / (math.pi * compared.begun) ** 2
    bound = gains.lower_bound(significance=chance, tuned_for=section.min_rows)
    word = "lower" if gains.count and gains.mean >= 0 else "higher"
    shown = f"log-loss is {word} by {abs(gains.mean):.3g} on {gains.count} rows that neither had learnt"
    said, is_better = f"{shown}, by more than {bound:.2g} but for a chance of {chance:.2g} over all looks", True
    if gains.count < section.min_rows:
        said, is_better = f"{gains.count} rows are compared, {section.min_rows} are needed", False
    elif compared.rarer < LEAST_OF_A_CLASS:
        said = (
            f"{compared.rarer} of the {gains.count} compared rows are of the rarer class, {LEAST_OF_A_CLASS} are needed"
        )
        is_better = False
    elif bound <= 0:
        said, is_better = f"not shown to be better: {shown}, and the gain may be {bound:.2g}", False
    elif loss >= prior_loss:
        said += f"; yet the share of positives alone is no worse ({prior_loss:.3g} to {loss:.3g} on the newest rows)"
    return Takeover(is_better, gains.mean, bound, said)
