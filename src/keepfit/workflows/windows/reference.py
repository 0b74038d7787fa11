"""What a window is compared with: the rows that taught the champion, or those of the same seasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from keepfit.bundle import Bundle
from keepfit.monitoring.drift import LEAST_REFERENCE
from keepfit.monitoring.ignored_columns import not_kept_columns
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.profiles import CategoryProfile, ColumnProfile, Profile
from keepfit.profiles.profile_file import read_profile, require_of
from keepfit.profiles.seasons import NAMES, SEASONS, SeasonalReference, season_numbers
from keepfit.project.monitoring_section import SeasonSection


class Reference(NamedTuple):
    """What a window is compared with.

    Attributes
    ----------
    profile
        Its counts.
    words
        What it is, in words; empty for all rows that taught.
    not_kept
        Columns that who counted it does not keep.
    """

    profile: Profile
    words: str = ""
    not_kept: frozenset[str] = frozenset()


def kept_reference(path: Path, champion: Bundle) -> Reference:
    """Return a profile of `keepfit profile` as a reference.

    Raises
    ------
    MonitoringError
        When it is no profile, or none that was counted for this champion.
    """
    kept, facts = read_profile(path), champion.facts
    own = Profile.from_dict(champion.profile)
    require_of(kept, own, project=facts.name, version=facts.version, where=str(path))
    words = f"{kept.profile.rows:,} rows of {kept.source} ({path.name})"
    return Reference(kept.profile, words, not_kept_columns(kept.not_kept, facts.signature))


def reference_of(champion: Bundle, window: ObservedWindow, season: SeasonSection | None) -> Reference:
    """Return the rows that taught the champion: all, or where seasons are declared those of the window's seasons.

    All it is too where the champion knows no such seasons, or they have too few rows to say anything; words say so.

    Raises
    ------
    MonitoringError
        When the bundle's profile is none.
    """
    whole = Profile.from_dict(champion.profile)
    if season is None or not window.days:
        return Reference(whole)
    every = f"all {whole.rows:,} training rows"
    parts = SeasonalReference.from_dict(champion.profile.get(SEASONS))
    if parts is None or parts.by != season.by:
        return Reference(whole, f"{every}, as the champion was trained without the {season.by}s: train it again")
    found: Counter[int] = Counter()
    for day, rows in window.days.items():
        found[int(season_numbers(np.array([day]), parts.by)[0])] += rows
    names = ", ".join(NAMES[parts.by][number] for number in sorted(found))
    blended = parts.blended(found)
    if blended is None or blended.rows < LEAST_REFERENCE:
        had = 0 if blended is None else blended.rows
        return Reference(whole, f"{every}, as those of the same {parts.by}s ({names}) count as {had} only")
    blended = replace(blended, columns=tuple(map(_with_singles, blended.columns, whole.columns)))
    return Reference(blended, f"training rows of the same {parts.by}s ({names}), which count as {blended.rows:,}")


def _with_singles(blended: ColumnProfile, whole: ColumnProfile) -> ColumnProfile:
    """Return a category's profile with the share of labels seen once that all rows have: of seasons it is not known."""
    if not isinstance(blended, CategoryProfile) or not isinstance(whole, CategoryProfile):
        return blended
    share = blended.known / max(whole.known, 1)
    return replace(blended, seen_once=round(whole.seen_once * share), seen_twice=round(whole.seen_twice * share))
