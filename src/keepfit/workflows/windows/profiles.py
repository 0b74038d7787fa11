"""Ready profiles as the window of a check: each is a stretch of it, whoever has counted it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import read_moment
from keepfit.errors import MonitoringError
from keepfit.monitoring.observed_window import ObservedWindow, Stretch, window_of
from keepfit.profiles import Profile, count_window
from keepfit.profiles.profile_file import read_profile, require_of

_SUFFIX = ".json"


def is_profile(path: Path) -> bool:
    """Whether a file is a profile, by its name."""
    return path.suffix.lower() == _SUFFIX


def profile_window(paths: Sequence[Path], champion: Bundle) -> tuple[ObservedWindow, frozenset[str]]:
    """Return the window that profiles make up, and the columns that one of them does not keep.

    It is in the order of their times, or as they are given where one has none.

    Raises
    ------
    MonitoringError
        When a file is no profile, was counted for another project, version, or in other bins, or is named twice.
    """
    twice = next((path for path in paths if [one.resolve() for one in paths].count(path.resolve()) > 1), None)
    if twice is not None:
        raise MonitoringError("is named twice", where=str(twice), hint="its rows would count twice; name it once")
    reference, facts = Profile.from_dict(champion.profile), champion.facts
    stretches, not_kept = [], set[str]()
    for path in paths:
        kept = read_profile(path)
        require_of(kept, reference, project=facts.name, version=facts.version, where=str(path))
        first_at, last_at = (read_moment(at) if at else None for at in (kept.first_at, kept.last_at))
        stretches.append(Stretch(kept.profile, first_at, last_at))
        not_kept.update(kept.not_kept)
    starts = [one.first_at for one in stretches if one.first_at is not None]
    if len(starts) == len(stretches):
        order = sorted(range(len(starts)), key=starts.__getitem__)
        stretches = [stretches[at] for at in order]
    empty = count_window(reference, np.empty((0, len(reference.columns)), dtype=np.float32), np.empty(0))
    return window_of(", ".join(path.name for path in paths), stretches, empty), frozenset(not_kept)
