"""Frames between the service and the process of a pipeline: what it is, its rows and columns, and so many bytes.

Both sides speak over pipes; the service's side has a deadline for whatever it writes and reads.
"""

from __future__ import annotations

import os
import select
import struct
import time
from typing import NamedTuple

PIPELINE, MATRIX, ANSWERS, FAILURE = range(4)
_HEAD = struct.Struct("<IIIQ")
_LONGEST_BYTES = 2**40
_PIECE_BYTES = 1 << 20


class Frame(NamedTuple):
    """What one side tells the other.

    Attributes
    ----------
    kind
        A pickled pipeline, a float32 matrix, its float64 answers, or the words of a failure.
    rows, columns
        Of the matrix or the answers; 0 where there are none.
    content
        The bytes.
    """

    kind: int
    rows: int
    columns: int
    content: bytes


def write_frame(pipe: int, frame: Frame, seconds: float | None = None) -> None:
    """Write a frame to a pipe.

    Parameters
    ----------
    pipe
        Its file descriptor, which does not block where there is a limit of time.
    frame
        What is written.
    seconds
        How long it may take; None for as long as it takes.

    Raises
    ------
    OSError
        When the other side has gone; `TimeoutError` when it does not take it in time.
    """
    give_up = _deadline(seconds)
    for part in (_HEAD.pack(frame.kind, frame.rows, frame.columns, len(frame.content)), frame.content):
        rest = memoryview(part)
        while rest:
            _wait(pipe, select.POLLOUT, give_up)
            rest = rest[os.write(pipe, rest[:_PIECE_BYTES]) :]


def read_frame(pipe: int, seconds: float | None = None) -> Frame | None:
    """Return the next frame of a pipe, None when the other side has gone; see `write_frame`.

    Raises
    ------
    OSError
        When what comes is no frame; `TimeoutError` when it is not whole in time.
    """
    give_up = _deadline(seconds)
    head = _read(pipe, _HEAD.size, give_up)
    if head is None:
        return None
    kind, rows, columns, length = _HEAD.unpack(head)
    if length > _LONGEST_BYTES or kind > FAILURE:
        raise OSError("what came is no frame")
    content = _read(pipe, length, give_up)
    return None if content is None else Frame(kind, rows, columns, content)


def _read(pipe: int, length: int, give_up: float | None) -> bytes | None:
    parts: list[bytes] = []
    while length:
        _wait(pipe, select.POLLIN, give_up)
        part = os.read(pipe, min(length, _PIECE_BYTES))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _deadline(seconds: float | None) -> float | None:
    return None if seconds is None else time.monotonic() + seconds


def _wait(pipe: int, event: int, give_up: float | None) -> None:
    """Wait until a pipe can be read or written without blocking."""
    if give_up is None:
        return
    poller = select.poll()
    poller.register(pipe, event)
    if not poller.poll(max(0.0, give_up - time.monotonic()) * 1000):
        raise TimeoutError("the other side takes too long")
