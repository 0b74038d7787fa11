"""Ready profiles as the window of a check: each is a stretch of it, whoever has counted it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import read_moment
from keepfit.monitoring.observed import ObservedWindow, Stretch, observed
from keepfit.profiles import Profile, count_window
from keepfit.profiles.kept import read_profile, require_of

PROFILE_SUFFIX = ".json"


def profile_window(paths: Sequence[Path], champion: Bundle) -> ObservedWindow:
    """Return the window that profiles make up, in the order of their times, or of their names where those are unknown.

    Raises
    ------
    MonitoringError
        When a file is no profile, or was counted for another project, version, or in other bins.
    """
    reference, facts = Profile.from_dict(champion.profile), champion.facts
    stretches = []
    for path in paths:
        kept = read_profile(path)
        require_of(kept, reference, project=facts.name, version=facts.version, where=str(path))
        first_at, last_at = (read_moment(at) if at else None for at in (kept.first_at, kept.last_at))
        stretches.append(Stretch(kept.profile, first_at, last_at))
    if all(one.first_at for one in stretches):
        stretches.sort(key=lambda one: str(one.first_at))
    empty = count_window(reference, np.empty((0, len(reference.columns)), dtype=np.float32), np.empty(0))
    return observed(", ".join(path.name for path in paths), stretches, empty)
