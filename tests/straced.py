"""A running service under strace: what it asked of the system, and faults put into that.

References
----------
strace(1), `-e inject`.
"""

from __future__ import annotations

import codecs
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_WRITES = "fdatasync,fsync,pwrite64,sendto,sendmsg,writev,write"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_CALL = re.compile(r"^(\d+) +(\w+)\((.*)$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")
_UNFINISHED = " <unfinished ...>"
_LONGEST = 100_000  # of a text in the trace: pages and answers are whole
_FRAME_HEADER = 24
_LOG = "journal.db-wal>"


@contextmanager
def straced(service, *, trace: Path | None = None, inject: str = "", only: Path | None = None):
    """Attach strace to a service until the block ends.

    Parameters
    ----------
    service
        It runs.
    trace
        Where the calls that write are told, if they are.
    inject
        A fault, in strace's words: `fdatasync:error=EIO`.
    only
        The file that all of it is about; every one if none is said.
    """
    program = shutil.which("strace")
    if program is None:
        pytest.skip("strace is not installed")
    calls = _WRITES if trace else inject.partition(":")[0]
    command = [program, "-f", "-y", "-s", str(_LONGEST), "-o", str(trace or "/dev/null"), "-e", f"trace={calls}"]
    command += ["-e", f"inject={inject}"] if inject else []
    command += ["-P", str(only)] if only else []
    command += ["-p", str(service.process.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            said = process.stderr.readline()
            if "attached" not in said:
                pytest.skip(f"strace may not attach here: {said.strip()}")
            yield
        finally:
            process.terminate()
            process.communicate(timeout=30)


def unflushed(trace: Path) -> tuple[set[str], set[str]]:
    """Return the ids of predictions that a service told in a trace, and those of them that it told too early.

    An id may be told when a flush of the log has succeeded that began after the last frame of its transaction was
    written: the one whose header says so.
    """
    log = _Log()
    told: set[str] = set()
    early: set[str] = set()
    for thread, call, is_over, rest in _calls(trace):
        if "sync" in call and not is_over:
            log.flush_begins(thread)
        elif call in {"fdatasync", "fsync", "pwrite64"} and is_over:
            log.ends(thread, call, rest)
        elif "<socket:" in rest and not is_over:
            ids = set(_ID.findall(rest))
            told |= ids
            early |= ids - log.flushed
    return told, early


def _calls(trace: Path) -> Iterator[tuple[str, str, bool, str]]:
    """Return each call twice, as it begins and when it is over: its thread, its name, which of both, and the rest."""
    begun: dict[str, str] = {}
    with trace.open(encoding="latin-1") as lines:
        for line in lines:
            if found := _CALL.match(line):
                thread, call, rest = found.groups()
                yield thread, call, False, rest
                if rest.endswith(_UNFINISHED):
                    begun[thread] = rest.removesuffix(_UNFINISHED)
                else:
                    yield thread, call, True, rest
            elif found := _RESUMED.match(line):
                thread, call, rest = found.groups()
                yield thread, call, True, begun.pop(thread, "") + rest


class _Log:
    """The write-ahead log as a trace tells it.

    Attributes
    ----------
    flushed
        Ids whose transactions are on the disk.
    """

    def __init__(self) -> None:
        self.flushed: set[str] = set()
        self._open: set[str] = set()
        self._committed: set[str] = set()
        self._is_last_frame = False
        self._flushes: dict[str, set[str]] = {}

    def flush_begins(self, thread: str) -> None:
        """A flush is for what was committed before it."""
        self._flushes[thread] = set(self._committed)

    def ends(self, thread: str, call: str, rest: str) -> None:
        """Take a call that is over: its arguments, and what it returned."""
        if _LOG not in rest.partition(",")[0]:
            return
        done = rest.rpartition(" = ")[2]
        if "sync" in call and done == "0":
            self.flushed |= self._flushes.pop(thread, set())
        elif call == "pwrite64" and done.isdigit():
            self._written(rest, int(done))

    def _written(self, rest: str, size: int) -> None:
        """A frame is its header, which says whether it is the last one, and then its page."""
        if size == _FRAME_HEADER:
            header = codecs.escape_decode(rest.partition('"')[2].rpartition('"')[0])[0]
            self._is_last_frame = header[4:8] != bytes(4)
            return
        self._open |= set(_ID.findall(rest))
        if self._is_last_frame:
            self._committed |= self._open
            self._open = set()
