"""Frames between the service and the process of a pipeline: two numbers, a length, and so many bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

ANSWERED, FAILED = 0, 1
_HEAD = struct.Struct("<IIQ")


class Shape(NamedTuple):
    """Rows and columns of a matrix that is asked; of an answer, whether it failed, and its number of rows."""

    first: int
    second: int


class Frame(NamedTuple):
    """What one side tells the other."""

    shape: Shape
    content: bytes


def write_frame(target: BinaryIO, shape: Shape, content: bytes) -> None:
    """Write a frame, and send it off."""
    target.write(_HEAD.pack(*shape, len(content)))
    target.write(content)
    target.flush()


def read_frame(source: BinaryIO) -> Frame | None:
    """Return the next frame, None when the other side has gone."""
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    first, second, length = _HEAD.unpack(head)
    content = source.read(length)
    return Frame(Shape(first, second), content) if len(content) == length else None
