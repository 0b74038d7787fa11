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
from io import FileIO
from pathlib import Path

import msgspec

from keepfit.errors import JournalError
from keepfit.journal.identifiers import PredictionIds
from keepfit.journal.records import Prediction
from keepfit.journal.store import Journal

_SUFFIX = ".spill"
_DAMAGED = ".damaged"
_ROWS_A_BATCH = 1000
_new_name = PredictionIds()
_log = logging.getLogger(__name__)


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
        self._open: FileIO | None = None
        self._full: list[FileIO] = []
        self.rows = 0

    @property
    def is_empty(self) -> bool:
        """Whether this writer's rows are all in the journal."""
        with self._turn:
            return self._open is None and not self._full

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
                _append(self._open, b"".join(map(_line, made)))
            except OSError as error:
                raise JournalError(
                    f"cannot be written ({error})", where=str(self._folder), hint="check its disk and its rights"
                ) from error
            self.rows += len(made)

    def replay(self, journal: Journal) -> int:
        """Write the files into a journal, the oldest first, each in its order, and remove them; return their rows.

        What is added meanwhile goes to a new file, which is for the next time.

        Raises
        ------
        JournalError
            When the journal does not take them, or they cannot be read: they stay.
        """
        with self._turn:
            if self._open is not None:
                self._full.append(self._open)
                self._open = None
        self._full.extend(self._left_behind())
        count = 0
        for file in sorted(self._full, key=lambda one: str(one.name)):
            count += self._replay_file(file, journal)
            with self._turn:
                self._full.remove(file)
            file.close()
        return count

    def close(self) -> None:
        """Let go of the files; those that hold rows stay, for who comes next."""
        with self._turn:
            for file in (*self._full, *([self._open] if self._open else ())):
                file.close()
            self._open, self._full = None, []

    def _new_file(self) -> FileIO:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = FileIO(self._folder / f"{_new_name()}{_SUFFIX}", "xb+")
        os.fchmod(file.fileno(), 0o600)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sync_folder(self._folder)
        return file

    def _left_behind(self) -> Iterator[FileIO]:
        """Take over the files whose writer has died."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                file = FileIO(path, "rb+")
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except FileNotFoundError:  # its writer has replayed it
                continue
            except BlockingIOError:  # its writer lives
                file.close()
                continue
            yield file

    def _replay_file(self, file: FileIO, journal: Journal) -> int:
        path = Path(os.fsdecode(file.name))
        file.seek(0)
        rows, damaged = _read(file.readall().splitlines(keepends=True))
        for begin in range(0, len(rows), _ROWS_A_BATCH):
            journal.record_missing(rows[begin : begin + _ROWS_A_BATCH])
        self.rows = max(0, self.rows - len(rows))
        if damaged:
            _log.error("%d lines of %s are damaged: it is kept as %s", damaged, path, path.with_suffix(_DAMAGED).name)
            path.rename(path.with_suffix(_DAMAGED))
        else:
            path.unlink(missing_ok=True)
        return len(rows)


def _append(file: FileIO, lines: bytes) -> None:
    """Write lines to the disk; what was written of them goes again when that fails."""
    end = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(lines):
            written += file.write(lines[written:]) or 0
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), end)
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
