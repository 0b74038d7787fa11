"""A spill: predictions in local files while their database is away, and back into it afterwards.

A file is a line for each row, with its checksum, flushed before anybody is told. Whoever writes one holds its lock; a
file whose writer has died is taken over. A row is known by the prediction's id: a file that is replayed twice writes
nothing twice.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import msgspec

from keepfit.errors import JournalError
from keepfit.journal.identifiers import PredictionIds
from keepfit.journal.records import Prediction
from keepfit.journal.store import Journal

SUFFIX = ".spill"
DAMAGED = ".damaged"
_UNLOCKED = ".new"
_ROWS_A_BATCH = 1000
_new_name = PredictionIds()
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _File:
    """A file that this process has the lock of.

    Attributes
    ----------
    path, file
        Its name, and it itself.
    rows
        How many this process has added to it.
    is_refused
        Whether the journal takes writes, and not these rows: told once.
    """

    path: Path
    file: FileIO
    rows: int = 0
    is_refused: bool = False


class Spill:
    """The files of one folder, as one writer sees them; every method may be called from several threads.

    Parameters
    ----------
    folder
        Where they lie; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()
        self._open: _File | None = None
        self._full: list[_File] = []

    @property
    def is_empty(self) -> bool:
        """Whether this writer's rows are all in the journal."""
        with self._turn:
            return self._open is None and not self._full

    @property
    def rows(self) -> int:
        """How many of this writer's rows are not in the journal yet."""
        with self._turn:
            return sum(one.rows for one in self._full) + (self._open.rows if self._open else 0)

    def add(self, made: Sequence[Prediction]) -> None:
        """Append rows; they are on the disk on return, all of them or none.

        Raises
        ------
        JournalError
            When the file cannot be written.
        """
        with self._turn:
            try:
                if self._open is None:
                    self._open = self._new_file()
                _append(self._open.file, b"".join(map(_line, made)))
            except _TornError as error:
                if self._open is not None:  # no other line may join it
                    self._full.append(self._open)
                    self._open = None
                raise self._told(error) from error
            except OSError as error:
                raise self._told(error) from error
            self._open.rows += len(made)

    def replay(self, journal: Journal) -> int:
        """Write the files into a journal, the oldest first, each in its order, and remove them; return their rows.

        A new file is begun only when the older ones are in the journal: while the database is away there are never
        more files than two. A file that the journal refuses, although it takes writes, is kept for the next time, and
        keeps back no other.

        Raises
        ------
        JournalError
            When the journal does not take them, or they cannot be read: they stay.
        """
        with self._turn:
            known = {one.path for one in self._full} | ({self._open.path} if self._open else set())
            self._full.extend(self._left_behind(known))
        count = self._replay_full(journal)
        with self._turn:
            if self._open is not None:
                self._full.append(self._open)
                self._open = None
        return count + self._replay_full(journal)

    def close(self) -> None:
        """Let go of the files; those that hold rows stay, for who comes next."""
        with self._turn:
            for one in (*self._full, *([self._open] if self._open else ())):
                one.file.close()
            self._open, self._full = None, []

    def _new_file(self) -> _File:
        """Make a file; it gets its name when it has its lock, so that nobody takes it over before."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{_new_name()}{SUFFIX}"
        made = path.with_suffix(_UNLOCKED)
        file = FileIO(made, "xb+")
        os.fchmod(file.fileno(), 0o600)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        made.rename(path)
        _sync_folder(self._folder)
        return _File(path, file)

    def _left_behind(self, known: set[Path]) -> Iterator[_File]:
        """Take over the files whose writer has died."""
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            if path in known:
                continue
            try:
                file = FileIO(path, "rb+")
            except FileNotFoundError:  # its writer has replayed it
                continue
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_there = _is_at(file, path)
            except BlockingIOError:  # its writer lives
                is_there = False
            if is_there:
                yield _File(path, file)
            else:
                file.close()

    def _replay_full(self, journal: Journal) -> int:
        count = 0
        for one in sorted(self._full, key=lambda full: full.path):
            try:
                count += _replay_file(one, journal)
            except JournalError as error:
                journal.require_writable()  # else the database is away, and no other file would fare better
                if not one.is_refused:
                    _log.error("%s is not taken by the journal, and kept: %s", one.path, error)
                one.is_refused = True
                continue
            with self._turn:
                self._full.remove(one)
            one.file.close()
        return count

    def _told(self, error: OSError) -> JournalError:
        return JournalError(
            f"cannot be written ({error})", where=str(self._folder), hint="check its disk and its rights"
        )


def _is_at(file: FileIO, path: Path) -> bool:
    """Say whether an open file has this name: it may have been replayed and removed just now."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _replay_file(one: _File, journal: Journal) -> int:
    one.file.seek(0)
    rows, damaged = _read(one.file.readall().splitlines(keepends=True))
    for begin in range(0, len(rows), _ROWS_A_BATCH):
        journal.record_missing(rows[begin : begin + _ROWS_A_BATCH])
    if damaged:
        kept = one.path.with_suffix(DAMAGED)
        _log.error("%d lines of %s are damaged: it is kept as %s", damaged, one.path, kept.name)
        one.path.rename(kept)
    else:
        one.path.unlink(missing_ok=True)
    return len(rows)


class _TornError(OSError):
    """A line could not be written, nor what was written of it taken back."""


def _append(file: FileIO, lines: bytes) -> None:
    """Write lines to the disk; what was written of them goes again when that fails.

    Raises
    ------
    OSError
        Then; `_TornError` when it does not go.
    """
    end = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(lines):
            written += file.write(lines[written:]) or 0
        os.fsync(file.fileno())
    except OSError:
        try:
            os.ftruncate(file.fileno(), end)
        except OSError as error:
            raise _TornError(error.errno, error.strerror) from error
        raise


def _line(one: Prediction) -> bytes:
    told = msgspec.json.encode(one)
    return b"%08x %b\n" % (zlib.crc32(told), told)


def _read(lines: Iterable[bytes]) -> tuple[list[Prediction], int]:
    """Return the rows of a file and the number of its damaged lines.

    A last line that was cut off is none of them: nobody was told of it.
    """
    rows: list[Prediction] = []
    damaged = 0
    for line in lines:
        if not line.endswith(b"\n"):
            break
        checksum, _, told = line[:-1].partition(b" ")
        if checksum == b"%08x" % zlib.crc32(told):
            rows.append(msgspec.json.decode(told, type=Prediction))
        else:
            damaged += 1
    return rows, damaged


def _sync_folder(folder: Path) -> None:
    """Have the name of a new file on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
