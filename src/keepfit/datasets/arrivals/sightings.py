"""What a watched folder holds: each file as it was last seen, so that it is read again only when it changed."""

from __future__ import annotations

import stat
import time
from dataclasses import dataclass
from pathlib import Path

from keepfit.datasets.arrivals.contents import unreadable
from keepfit.datasets.steady import Stamp
from keepfit.datasets.table import SUFFIXES
from keepfit.errors import DatasetError

_NANOSECONDS = 1e9


@dataclass(slots=True)
class Sighting:
    """A file, as it was last seen.

    Attributes
    ----------
    path
        Where it lies.
    stamp
        Its size, time of the last write and inode.
    since
        When it was first seen so, seconds of a monotonic clock.
    looks
        How often it was seen so.
    key
        SHA-256 of its bytes; empty while nobody has asked.
    rows
        How many it has, a whole table; None while nobody has counted.
    is_done
        Whether it was handed over or skipped, and is looked at again only when it changes.
    lacks
        What it lacked to be whole when that was last asked, in words, before it was written on too; empty for nothing.
    """

    path: Path
    stamp: Stamp
    since: float
    looks: int = 1
    key: str = ""
    rows: int | None = None
    is_done: bool = False
    lacks: str = ""

    @property
    def age(self) -> tuple[int, str]:
        """What files are ordered by: the time of the last write, then the name."""
        return self.stamp[1], self.path.name

    def unchanged_seconds(self) -> float:
        """Return for how long nobody has written to it: as long as it was watched, or as its own time says."""
        return max(time.monotonic() - self.since, time.time() - self.stamp[1] / _NANOSECONDS)


class Sightings:
    """The tables of a folder, look by look.

    Parameters
    ----------
    folder
        Where they lie; folders in it are not looked into.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, Sighting] = {}
        self.others: set[str] = set()

    def look(self) -> list[Sighting]:
        """Look at the folder; return its CSV and Parquet files, the oldest first, and note its `others` by name.

        A hidden file is none of either: programs that copy write under such a name until they are done.

        Raises
        ------
        DatasetError
            When the folder is not there, or cannot be read.
        """
        found: dict[str, Sighting] = {}
        self.others = set()
        for path in self._paths():
            try:
                seen = path.stat()
            except FileNotFoundError:  # it was taken away between the two looks
                continue
            except OSError as error:
                raise unreadable(path, error) from error
            if path.suffix.lower() in SUFFIXES and stat.S_ISREG(seen.st_mode):
                found[path.name] = self._seen_again(path, (seen.st_size, seen.st_mtime_ns, seen.st_ino))
            else:
                self.others.add(path.name)
        self._seen = found
        return sorted(found.values(), key=lambda one: one.age)

    def called(self, name_or_key: str) -> list[Sighting]:
        """Return the files that had this name, or this key, at the last look."""
        if not name_or_key:  # a key that nobody has asked for is empty too
            return []
        return [one for one in self._seen.values() if name_or_key in (one.path.name, one.key)]

    def _seen_again(self, path: Path, now: Stamp) -> Sighting:
        before = self._seen.get(path.name)
        if before is None or before.stamp != now:
            return Sighting(path, now, time.monotonic(), lacks=before.lacks if before else "")
        before.looks += 1
        return before

    def _paths(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if not path.name.startswith(".")]
        except (FileNotFoundError, NotADirectoryError) as error:
            said = "is no folder" if self._folder.exists() else "no such folder"
            hint = "make it, and put CSV or Parquet files there"
            raise DatasetError(said, where=str(self._folder), hint=hint) from error
        except OSError as error:
            raise unreadable(self._folder, error) from error
