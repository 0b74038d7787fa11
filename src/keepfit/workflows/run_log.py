"""The run log: one line for every step of every command, appended to one file."""

from __future__ import annotations

from pathlib import Path

from keepfit.clock import Clock, stamp, utc_now


class RunLog:
    """Appends `time verb: what happened` to a file; several processes may.

    Parameters
    ----------
    path
        The file; its folder exists.
    clock
        Tells the time.
    """

    def __init__(self, path: Path, clock: Clock = utc_now) -> None:
        self.path = path
        self._clock = clock

    def add(self, verb: str, what: str) -> None:
        """Append one line; line breaks within become spaces."""
        line = f"{stamp(self._clock())} {verb}: {' '.join(what.split())}\n"
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)
