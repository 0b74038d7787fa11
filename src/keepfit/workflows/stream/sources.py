"""Which source a stream has: a file, a folder, the journal, or standard input."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keepfit.datasets.arrivals.delivery import Source
from keepfit.datasets.arrivals.file import FileSource
from keepfit.datasets.arrivals.folder import FolderSource
from keepfit.datasets.arrivals.lines import LinesSource
from keepfit.datasets.arrivals.waited_input import WaitedInput
from keepfit.errors import ProjectError, StreamError
from keepfit.journal import Journal
from keepfit.signature import Signature
from keepfit.workflows.challenger import require_kept
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.journal_source import JournalSource
from keepfit.workflows.stream.journey import Journey

JOURNAL, STANDARD_INPUT = "journal", "-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a source.

    Attributes
    ----------
    source
        As it was given; None for the declared one.
    is_followed
        Whether more is waited for.
    stop
        Set when no more is wanted.
    say
        Told what is passed over, skipped or waited for.
    """

    source: str | None
    is_followed: bool
    stop: threading.Event
    say: Callable[[str], None]


def source_name(rooms: Rooms, given: str | None) -> str:
    """Return the source as it is meant: a path that the project file declares begins in its folder.

    Raises
    ------
    ProjectError
        When there is none.
    """
    declared = rooms.project.stream.source
    if given is None and declared is None:
        raise ProjectError(
            "no source of batches is given",
            where="keepfit.toml: [stream] source",
            hint=f"name a file, a folder, `{JOURNAL}`, or `{STANDARD_INPUT}` for standard input: `keepfit stream new`",
        )
    if given is not None or declared in (JOURNAL, STANDARD_INPUT):
        return given or str(declared)
    return str(rooms.folder / str(declared))


def open_source(rooms: Rooms, wanted: Wanted, journal: Journal, signature: Signature, journey: Journey) -> Source:
    """Open a source where the stream stands.

    Raises
    ------
    ProjectError
        When there is none, or the journal does not keep what teaches.
    StreamError
        When a file or standard input is to be followed: both end; when there is no standard input.
    """
    name, section = source_name(rooms, wanted.source), rooms.project.stream
    if name == JOURNAL:
        require_kept(rooms, signature)
        return JournalSource(
            journal,
            rooms.project.name,
            signature,
            batch_rows=section.batch_rows,
            is_followed=wanted.is_followed,
            stop=wanted.stop,
            after=journey.after,
        )
    path, separator = Path(name), rooms.project.data.separator
    if name != STANDARD_INPUT and path.is_dir():
        return FolderSource(
            path,
            separator=separator,
            is_followed=wanted.is_followed,
            stop=wanted.stop,
            say=wanted.say,
            is_taken=lambda key: key in journey.whole,
        )
    if wanted.is_followed:
        raise StreamError(
            "ends, and cannot be followed",
            where="standard input" if name == STANDARD_INPUT else name,
            hint="leave --follow out, or name a folder, whose new files are taken, or `journal`",
        )
    if name != STANDARD_INPUT:
        return FileSource(path, separator)
    return LinesSource(io.BufferedReader(_standard_input(wanted.stop)), section.batch_rows, wanted.stop)


def _standard_input(stop: threading.Event) -> WaitedInput:
    if sys.stdin is None:  # it was closed by whoever started the process
        raise StreamError("is closed", where="standard input", hint="send JSON lines by a pipe, or name a file")
    return WaitedInput(sys.stdin.fileno(), stop)
