"""Which source a stream has: a file, a folder, the journal, or standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from keepfit.datasets.arrivals.delivery import Source
from keepfit.datasets.arrivals.file import FileSource
from keepfit.datasets.arrivals.folder import FolderSource
from keepfit.datasets.arrivals.lines import LinesSource
from keepfit.datasets.arrivals.waited_input import WaitedInput
from keepfit.datasets.batches import require_table_file
from keepfit.errors import ProjectError, StreamError
from keepfit.journal import Journal
from keepfit.signature import Signature
from keepfit.workflows.challenger import require_kept
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.journal_source import JournalSource
from keepfit.workflows.stream.position import SourcePosition
from keepfit.workflows.stream.task import StreamTask

JOURNAL, STANDARD_INPUT = "journal", "-"


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


def require_source(rooms: Rooms, task: StreamTask, signature: Signature) -> None:
    """Refuse a source that is not there, before anything is done for it.

    Raises
    ------
    ProjectError
        When there is none, or the journal does not keep what teaches.
    StreamError
        When a file or standard input is to be followed: both end; when there is no standard input.
    DatasetError
        When there is no such file or folder.
    """
    name = source_name(rooms, task.source)
    if name == JOURNAL:
        require_kept(rooms, signature)
        return
    if name != STANDARD_INPUT and Path(name).is_dir():
        return
    if task.is_followed:
        raise StreamError(
            "ends, and cannot be followed",
            where="standard input" if name == STANDARD_INPUT else name,
            hint="leave --follow out, or name a folder, whose new files are taken, or `journal`",
        )
    if name != STANDARD_INPUT:
        require_table_file(Path(name))
    elif sys.stdin is None:  # it was closed by whoever started the process
        raise StreamError("is closed", where="standard input", hint="send JSON lines by a pipe, or name a file")


def open_source(
    rooms: Rooms, task: StreamTask, journal: Journal, signature: Signature, position: SourcePosition
) -> Source:
    """Open a source, which is there, where the stream stands."""
    name, section = source_name(rooms, task.source), rooms.project.stream
    if name == JOURNAL:
        return JournalSource(
            journal,
            rooms.project.name,
            signature,
            batch_rows=section.batch_rows,
            is_followed=task.is_followed,
            stop=task.stop,
            place=position.place,
        )
    if name == STANDARD_INPUT:
        waited = WaitedInput(sys.stdin.fileno(), task.stop)
        return LinesSource(io.BufferedReader(waited), section.batch_rows, task.stop)
    path, separator = Path(name), rooms.project.data.separator
    if not path.is_dir():
        return FileSource(path, separator)
    return FolderSource(
        path,
        separator=separator,
        is_followed=task.is_followed,
        stop=task.stop,
        say=task.say,
        is_taken=lambda key: key in position.whole,
    )
