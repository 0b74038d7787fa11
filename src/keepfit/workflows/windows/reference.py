"""What a window is compared with: the rows that taught the champion, or those of the same seasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from keepfit.bundle import Bundle
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.profiles import CategoryProfile, ColumnProfile, Profile
from keepfit.profiles.seasons import NAMES, SEASONS, SeasonalReference, season_numbers
from keepfit.project.monitoring_section import SeasonSection


def reference_of(champion: Bundle, window: ObservedWindow, season: SeasonSection | None) -> tuple[Profile, str]:
    """Return what a window is compared with, and what it is in words where it is not all rows that taught.

    Where seasons are declared, and the champion's reference has those of the window's days, it is the rows of the same
    seasons.

    Raises
    ------
    MonitoringError
        When the bundle's profile is none.
    """
    whole = Profile.from_dict(champion.profile)
    parts = SeasonalReference.from_dict(champion.profile.get(SEASONS))
    if season is None or parts is None or not window.days:
        return whole, ""
    found: Counter[int] = Counter()
    for day, rows in window.days.items():
        found[int(season_numbers(np.array([day]), parts.by)[0])] += rows
    blended = parts.blended(found)
    if blended is None:
        return whole, ""
    names = ", ".join(NAMES[parts.by][number] for number in sorted(found))
    blended = replace(blended, columns=tuple(map(_with_singles, blended.columns, whole.columns)))
    return blended, f"training rows of the same {parts.by}s ({names}), which count as {blended.rows:,}"


def _with_singles(blended: ColumnProfile, whole: ColumnProfile) -> ColumnProfile:
    """Return a category's profile with the share of labels seen once that all rows have: of seasons it is not known."""
    if not isinstance(blended, CategoryProfile) or not isinstance(whole, CategoryProfile):
        return blended
    share = blended.known / max(whole.known, 1)
    return replace(blended, seen_once=round(whole.seen_once * share), seen_twice=round(whole.seen_twice * share))
