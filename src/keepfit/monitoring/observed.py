"""What was observed: the window of a check, whole and in the stretches of time that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

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
    """

    source: str
    stretches: tuple[Stretch, ...]
    profile: Profile

    @property
    def first_at(self) -> datetime | None:
        """When the first row came; None where it is not known, or there is none."""
        return self.stretches[0].first_at

    @property
    def last_at(self) -> datetime | None:
        """When the last row came."""
        return self.stretches[-1].last_at


def observed(source: str, stretches: Sequence[Stretch], empty: Profile) -> ObservedWindow:
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
