"""How long a shift hurts: after how many batches the log-loss is again what it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats
from keepfit.evaluation import Estimate

LEVEL_BATCHES = 5
SMOOTHED_BATCHES = 3
TOLERANCE = 1.1
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class ShiftFound:
    """What a shift did.

    Attributes
    ----------
    kind, is_distinct
        Its name, and whether no row was there twice until rows come again.
    before, new
        Batches before it, and whole batches behind it until rows come again.
    losses
        Of each contestant the log-loss of each batch of each shuffle, `(n_shuffles, n_batches)`.
    """

    kind: str
    is_distinct: bool
    before: int
    new: int
    losses: Mapping[str, Floats]

    def until_back(self, name: str, level_of: str | None = None) -> Floats:
        """Return after how many batches a contestant is back in each shuffle, `(n_shuffles,)`.

        Parameters
        ----------
        name
            The contestant.
        level_of
            Whose level it is to come back to; None for its own.
        """
        levels = self.levels(level_of or name)
        pairs = zip(self.losses[name], levels, strict=True)
        return np.array([batches_until_back(losses[self.before :], level) for losses, level in pairs])

    def mean_until_back(self, name: str) -> Estimate:
        """Return the same of the mean over the shuffles, to its own level; the interval resamples the shuffles.

        A batch of 100 has some 14 good wines: when a single shuffle is back depends on which. The mean does much less.
        """
        losses, levels = self.losses[name][:, self.before :], self.levels(name)
        drawn = np.random.default_rng(0).integers(0, len(levels), size=(RESAMPLES, len(levels)))
        picks = [np.arange(len(levels)), *drawn]
        found = [batches_until_back(losses[one].mean(axis=0), float(levels[one].mean())) for one in picks]
        low, high = np.quantile(found[1:], (0.025, 0.975), method="inverted_cdf")
        return Estimate(found[0], float(low), float(high))

    def levels(self, name: str) -> Floats:
        """Return a contestant's mean log-loss of the last five batches before the shift, `(n_shuffles,)`."""
        return self.losses[name][:, max(self.before - LEVEL_BATCHES, 0) : self.before].mean(axis=1)


def batches_until_back(late: Floats, level: float) -> float:
    """Return the number of the batch after the shift, from 1, from which on a model is back; infinity for never.

    It is back where the mean of that batch and the next two is within 10 % of the level: so 1 is said of one that the
    shift does not hurt. The last two batches begin no such three.

    Parameters
    ----------
    late
        Log-loss of each batch after the shift, `(n_batches,)`.
    level
        What it was before.
    """
    for at in range(len(late) - SMOOTHED_BATCHES + 1):
        if np.mean(late[at : at + SMOOTHED_BATCHES]) <= TOLERANCE * level:
            return at + 1
    return math.inf
