"""What was observed: the window of a check, whole and in the stretches of time that it is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from keepfit.profiles import Profile, merge


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a window that came one after the other.

    Attributes
    ----------
    profile
        Of them.
    first_at, last_at
        When the first and the last of them came; None where it is not known.
    """

    profile: Profile
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ObservedWindow:
    """The window of a check.

    Attributes
    ----------
    source
        Where it comes from, in words: the journal, or a file.
    stretches
        The rows in the order in which they came, at least one stretch.
    profile
        Of all of them.
    days
        How many of them came on which day since 1970-01-01; empty where that is not known.
    seqs
        Numbers in the journal of the first and the last row; None where they are not of the journal, or there is none.
    """

    source: str
    stretches: tuple[Stretch, ...]
    profile: Profile
    days: Mapping[int, int] = field(default_factory=dict)
    seqs: tuple[int, int] | None = None

    @property
    def first_at(self) -> datetime | None:
        """When the first row came; None where it is not known, or there is none."""
        return min((one.first_at for one in self.stretches if one.first_at), default=None)

    @property
    def last_at(self) -> datetime | None:
        """When the last row came."""
        return max((one.last_at for one in self.stretches if one.last_at), default=None)

    def without(self, names: Collection[str]) -> ObservedWindow:
        """Return it without some columns."""
        if not names:
            return self
        stretches = tuple(replace(one, profile=one.profile.without(names)) for one in self.stretches)
        return replace(self, stretches=stretches, profile=self.profile.without(names))

    def with_labels(self, labels: NDArray[np.int8], probability: NDArray[np.float64]) -> ObservedWindow:
        """Return it with labels that came of rows which need not be in it, as labels come late.

        Parameters
        ----------
        labels, probability
            Classes 0 or 1 and the scores of their rows, `(n_labelled,)`.
        """
        (output,) = self.profile.outputs
        counted = output.count(probability, labels)
        known = replace(output, labelled=counted.labelled, positives=counted.positives)
        return replace(self, profile=replace(self.profile, outputs=(known,)))


def window_of(source: str, stretches: Sequence[Stretch], empty: Profile) -> ObservedWindow:
    """Return the window that stretches make up.

    Parameters
    ----------
    source
        Where it comes from.
    stretches
        In the order of time; may be none.
    empty
        A profile of no rows in the same bins.
    """
    kept = tuple(stretches) or (Stretch(empty),)
    return ObservedWindow(source, kept, reduce(merge, (one.profile for one in kept)))


def joined(earlier: Stretch, later: Stretch) -> Stretch:
    """Return two stretches, one of which follows the other, as one."""
    return Stretch(merge(earlier.profile, later.profile), earlier.first_at, later.last_at)
