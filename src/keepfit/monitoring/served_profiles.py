"""What a service has answered since its start, in the full bins of the reference: of all its workers together.

Each worker counts for itself, and writes its counts into the folder that they share, once a second. Whoever is asked
adds up his own counts and what the others have written. A worker's number names its files, so the one that replaces it
counts on where it ended.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime
from functools import reduce
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import msgspec

from keepfit.clock import stamp_exactly
from keepfit.profiles import Profile, merge
from keepfit.profiles.profile_file import KeptProfile, read_profile

SOURCE = "the service"


class _Counted(NamedTuple):
    version: int
    profile: Profile
    first_at: datetime
    last_at: datetime


class ServedProfiles:
    """The profiles of a project's answers, by model version.

    `add` is for the event loop and costs it next to nothing; everything else is for a thread.

    Parameters
    ----------
    project
        Its name.
    folder
        What the workers of the service share, empty when it starts; None for a service of one process.
    slot
        Number of this worker.
    """

    def __init__(self, project: str, folder: Path | None = None, slot: int = 0) -> None:
        self._project, self._folder, self._slot = project, folder, slot
        self._waiting: deque[_Counted] = deque()
        self._lock = Lock()
        self._own = {one.version: one for one in self._written("*", str(slot))}

    def add(self, version: int, profile: Profile, first_at: datetime, last_at: datetime) -> None:
        """Take the profile of some answers, the first and the last of which were given at these times."""
        self._waiting.append(_Counted(version, profile, first_at, last_at))

    def keep(self) -> None:
        """Add up what waits, and write it for the other workers.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        with self._lock:
            for version in self._add_up():
                if self._folder is not None:
                    _write(self._own[version], self._folder / self._file_name(version, self._slot))

    def together(self, version: int) -> KeptProfile | None:
        """Return what all workers have answered by a version; None when it was nothing.

        What others have answered in the last second or so may be missing.
        """
        self.keep()
        own = self._own.get(version)
        found = [*([own] if own else []), *self._written(str(version), "*", but=self._slot)]
        return reduce(_joined, found) if found else None

    def _add_up(self) -> set[int]:
        """Add what waits to what is counted, and return the versions that have changed."""
        changed = set()
        while self._waiting:
            one = self._waiting.popleft()
            ends = stamp_exactly(one.first_at), stamp_exactly(one.last_at)
            kept = KeptProfile(self._project, one.version, SOURCE, *ends, one.profile)
            before = self._own.get(one.version)
            self._own[one.version] = _joined(before, kept) if before else kept
            changed.add(one.version)
        return changed

    def _written(self, version: str, slot: str, but: int | None = None) -> list[KeptProfile]:
        """Return what workers have written, of a version or of all, by a worker or by all but one."""
        if self._folder is None:
            return []
        files = sorted(self._folder.glob(self._file_name(version, slot)))
        return [read_profile(file) for file in files if file.name != self._file_name(version, but)]

    def _file_name(self, version: int | str, slot: int | str | None) -> str:
        return f"{self._project}.{version}.{slot}.profile.json"


def _joined(first: KeptProfile, second: KeptProfile) -> KeptProfile:
    """Return what two have counted as one."""
    starts = [one.first_at for one in (first, second) if one.first_at]
    ends = [one.last_at for one in (first, second) if one.last_at]
    profile = merge(first.profile, second.profile)
    return replace(first, first_at=min(starts, default=None), last_at=max(ends, default=None), profile=profile)


def _write(kept: KeptProfile, path: Path) -> None:
    """Put a whole file in place of an old one: who reads it sees the one or the other."""
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(kept.to_dict()))
    part.replace(path)
