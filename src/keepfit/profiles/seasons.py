"""The reference by seasons: what rows of the same weekday, or of the same month, looked like.

A window of one Monday is no sample of all days. Where the project says so, the training rows are counted by season
too, in the same bins, and a window is compared with those of its own seasons, in the shares that it has of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.errors import MonitoringError
from keepfit.profiles.profile import Profile, count_window, merge

Season = Literal["weekday", "month"]
Numbers = NDArray[np.int8]
NAMES: Mapping[Season, tuple[str, ...]] = {
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
SEASONS = "seasons"  # where they are in a bundle's profile
_THURSDAY = 3  # 1970-01-01


@dataclass(frozen=True, slots=True)
class SeasonalRows:
    """In which season each row of a reference was, -1 where that is not known.

    Attributes
    ----------
    by
        What the seasons are.
    rows, scores
        Of the rows that were counted `(n_rows,)`, and of those whose scores were `(n_scores,)`.
    """

    by: Season
    rows: Numbers
    scores: Numbers


@dataclass(frozen=True, slots=True)
class SeasonalReference:
    """A reference by seasons.

    Attributes
    ----------
    by
        What the seasons are.
    parts
        A profile for each season that has rows, all in the bins of the whole.
    """

    by: Season
    parts: Mapping[int, Profile]

    def blended(self, window: Mapping[int, int]) -> Profile | None:
        """Return the reference of a window: the parts of its seasons, in the shares that it has of them.

        Its size is the effective one of such a mixture: a window of which most is of a season that the reference has
        few rows of has a small one, and the tests know it.

        Parameters
        ----------
        window
            Rows of the window by season.

        Returns
        -------
        None where the reference has no row of a season that the window has.

        References
        ----------
        Kish, L. (1965). Survey Sampling, Wiley, section 11.7 (effective sample size under weights).
        """
        kept = {season: count for season, count in window.items() if count}
        if not kept or not kept.keys() <= self.parts.keys():
            return None
        whole = sum(kept.values())
        shares = {season: count / whole for season, count in kept.items()}
        size = 1 / sum(share**2 / self.parts[season].rows for season, share in shares.items())
        factors = {season: size * share / self.parts[season].rows for season, share in shares.items()}
        return reduce(merge, (self.parts[season].scaled(factor) for season, factor in factors.items()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {"by": self.by, "parts": {str(season): part.to_dict() for season, part in self.parts.items()}}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any] | None) -> SeasonalReference | None:
        """Rebuild it from `to_dict`'s form; None of None.

        Raises
        ------
        MonitoringError
            When the facts have another form.
        """
        if facts is None:
            return None
        try:
            parts = {int(season): Profile.from_dict(part) for season, part in facts["parts"].items()}
            return cls(facts["by"], parts)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            said = f"its seasons are none ({error})"
            raise MonitoringError(said, where="profile.json", hint="train again") from error


def season_numbers(days: NDArray[np.int64], by: Season) -> Numbers:
    """Return the season of days since 1970-01-01, from 0: Monday, or January."""
    if by == "weekday":
        return ((days + _THURSDAY) % len(NAMES["weekday"])).astype(np.int8)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (months % len(NAMES["month"])).astype(np.int8)


def seasonal_reference(
    reference: Profile, matrix: Matrix, probability: Floats, labels: Labels | None, seasons: SeasonalRows
) -> SeasonalReference:
    """Count the rows of a reference by season.

    Parameters
    ----------
    reference
        The whole, whose bins are taken.
    matrix, probability, labels
        What it was built from; see `build_profile`.
    seasons
        The season of each row.
    """
    parts = {}
    for season in np.unique(seasons.rows[seasons.rows >= 0]).tolist():
        chosen, scored = seasons.rows == season, seasons.scores == season
        rows = count_window(reference, matrix[chosen], np.full(int(chosen.sum()), np.nan))
        known = None if labels is None else labels[scored]
        answered = tuple(output.count(probability[scored], known) for output in reference.outputs)
        parts[int(season)] = replace(rows, outputs=answered)
    return SeasonalReference(seasons.by, parts)
