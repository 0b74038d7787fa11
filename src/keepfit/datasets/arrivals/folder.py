"""A folder whose files are taken one by one, the oldest first, each when it is whole, each content once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from keepfit.datasets.arrivals.contents import ArrivedTable, content_key
from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.datasets.arrivals.sightings import Sighting, Sightings
from keepfit.datasets.arrivals.wholeness import what_it_lacks
from keepfit.datasets.steady import stamp
from keepfit.errors import DatasetError

LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 10.0  # for files that are not whole, of a folder that is not followed
_LOOKS = 2  # at which a file must have been the same
_SHOWN = 5

T = TypeVar("T")


class FolderSource:
    """The source that is a folder of CSV and Parquet files.

    A file is taken when two looks have found it the same and nothing is missing at its end; its writer may rename it
    into the folder, to be sure. Which files were handed over or refused is remembered as long as they stay as they
    were: after an error, `deliveries` may be asked for anew, and goes on.

    Parameters
    ----------
    folder
        Where the files lie. Hidden files, other files and folders in it are passed over.
    separator
        The CSV's separator; found out when None.
    is_followed
        Whether more is waited for when nothing is left.
    stop
        Set when no more is wanted.
    say
        Told what is passed over, skipped or waited for, a sentence each, once.
    is_taken
        Whether a content of this key was learnt already.
    """

    def __init__(
        self,
        folder: Path,
        *,
        separator: str | None,
        is_followed: bool,
        stop: threading.Event,
        say: Callable[[str], None],
        is_taken: Callable[[str], bool],
    ) -> None:
        self._separator, self._is_followed, self._stop = separator, is_followed, stop
        self._say, self._is_taken = say, is_taken
        self._sightings = Sightings(folder)
        self._refused: set[str] = set()
        self._told: set[str] = set()

    def deliveries(self) -> Iterator[Delivery]:
        """Yield the files that are whole, the oldest first, by the time of the last write and then by name.

        Raises
        ------
        DatasetError
            When there is no such folder; when a file is no table, and it is its turn; when it is not whole in time, of
            a folder that is not followed. The error says which file: it comes again until `pass_over` is told of it.
        """
        began = time.monotonic()
        while not self._stop.is_set():
            seen = self._sightings.look()
            self._tell_of_others()
            for delivery in self._whole([one for one in seen if not one.is_done and one.looks >= _LOOKS]):
                yield delivery
                began = time.monotonic()
                if self._stop.is_set():
                    return
            left = [one for one in seen if not one.is_done]
            if not self._is_followed and not left:
                return
            if not self._is_followed and time.monotonic() - began >= PATIENCE_SECONDS:
                raise _unfinished(left[0])
            self._stop.wait(LOOK_SECONDS)

    def pass_over(self, name_or_key: str) -> bool:
        """Refuse a file, of which an error or a delivery told: it is taken again only when its bytes change.

        Parameters
        ----------
        name_or_key
            The delivery's name or key, or the name of the file.

        Returns
        -------
        Whether there is such a file.
        """
        called = self._sightings.called(name_or_key)
        for one in called:
            one.is_done = True
            if one.key:
                self._refused.add(one.key)
        return bool(called)

    def _whole(self, candidates: list[Sighting]) -> Iterator[Delivery]:
        """Yield those of the files that are whole and new, each with the rows of the later ones."""
        waiting = [self._rows(one) for one in candidates]
        for at, one in enumerate(candidates):
            table = self._opened(one)
            if table is not None:
                one.is_done = True
                yield Delivery(one.key, one.path.name, table, waiting_rows=sum(waiting[at + 1 :]))

    def _rows(self, one: Sighting) -> int:
        """Return how many rows a file has that is whole and new, 0 for others: what is wrong is told at its turn."""
        if one.rows is None:
            with suppress(DatasetError):
                table = self._opened(one)
                one.rows = None if table is None else table.rows
        return 0 if one.is_done else one.rows or 0

    def _opened(self, one: Sighting) -> ArrivedTable | None:
        """Open a file; None when it is not whole, nothing new, or written to or taken away meanwhile."""
        if one.is_done:
            return None
        lacks = _unless_changed(one, lambda: what_it_lacks(one.path, unchanged_seconds=one.unchanged_seconds()))
        if lacks and lacks != one.lacks:
            self._say(f"{one.path.name} {lacks}; it is taken when it is whole")
        one.lacks = one.lacks if lacks is None else lacks
        if lacks != "":
            return None
        one.key = one.key or _unless_changed(one, lambda: content_key(one.path)) or ""
        if not one.key or self._is_known(one):
            return None
        return _unless_changed(one, lambda: ArrivedTable(one.path, self._separator, one.stamp))

    def _is_known(self, one: Sighting) -> bool:
        """Say of a content that was learnt or refused before that it is skipped."""
        was = "refused" if one.key in self._refused else "learnt" if self._is_taken(one.key) else ""
        if was:
            one.is_done = True
            self._say(f"{one.path.name} holds the same bytes as one that was {was}: skipped")
        return bool(was)

    def _tell_of_others(self) -> None:
        new = sorted(self._sightings.others - self._told)
        self._told.update(new)
        if new:
            more = f" and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
            self._say(f"passed over, as no CSV or Parquet file: {', '.join(new[:_SHOWN])}{more}")


def _unless_changed(one: Sighting, found: Callable[[], T]) -> T | None:
    """Return what is found of a file, or None when it is another one by now: the next look sees that."""
    try:
        result = found()
    except DatasetError:
        if stamp(one.path) == one.stamp:
            raise
        return None
    return result if stamp(one.path) == one.stamp else None


def _unfinished(one: Sighting) -> DatasetError:
    hint = "wait until whoever writes it is done, or take it away"
    return DatasetError(one.lacks or "is written to all the time", where=str(one.path), hint=hint)
