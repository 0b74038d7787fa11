"""Frames over real pipes."""

from __future__ import annotations

import os
import struct
import threading
import time
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.scoring.frames import ANSWERS, MATRIX, Frame, read_frame, write_frame


@contextmanager
def pipe():
    """Open a pipe whose ends do not block."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    try:
        yield ends
    finally:
        for end in ends:
            try:
                os.close(end)
            except OSError:  # the test has closed it
                continue


@given(st.integers(0, 3), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.binary(max_size=2000))
def test_what_is_read_is_what_was_written(kind, rows, columns, content):
    """Any frame that a pipe holds, and a second one behind it."""
    with pipe() as (source, target):
        frames = [Frame(kind, rows, columns, content), Frame(ANSWERS, 1, 1, b"next")]
        for frame in frames:
            write_frame(target, frame, 1.0)
        assert [read_frame(source, 1.0) for _ in frames] == frames


def test_a_frame_may_be_larger_than_a_pipe():
    """Megabytes go through while the other side reads."""
    large = Frame(MATRIX, 1000, 1000, os.urandom(4_000_000))
    with pipe() as (source, target):
        writer = threading.Thread(target=write_frame, args=(target, large, 20.0))
        writer.start()
        assert read_frame(source, 20.0) == large
        writer.join(20)


def test_nobody_waits_longer_than_he_said():
    """For a side that does not read, one that does not write, and one that stops in the middle."""
    with pipe() as (source, target):
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="takes too long"):
            write_frame(target, Frame(MATRIX, 1, 1, bytes(4_000_000)), 0.2)
        with pytest.raises(TimeoutError):
            read_frame(source, 0.2)
        assert time.monotonic() - began < 5
    with pipe() as (source, _), pytest.raises(TimeoutError):
        read_frame(source, 0.05)


def test_a_side_that_has_gone_is_noticed():
    """At once, between frames and in the middle of one."""
    for written in (b"", b"half a head", struct.pack("<IIIQ", ANSWERS, 1, 1, 8) + b"four"):
        with pipe() as (source, target):
            os.write(target, written)
            os.close(target)
            assert read_frame(source, 5.0) is None
    with pipe() as (source, target):
        os.close(source)
        with pytest.raises(OSError, match="Broken pipe"):
            write_frame(target, Frame(MATRIX, 0, 0, b""), 5.0)


@pytest.mark.parametrize("head", [struct.pack("<IIIQ", 9, 1, 1, 8), struct.pack("<IIIQ", ANSWERS, 1, 1, 2**60)])
def test_what_is_no_frame_is_refused(head):
    """A kind that there is not, or a length that nobody sends."""
    with pipe() as (source, target):
        os.write(target, head)
        with pytest.raises(OSError, match="no frame"):
            read_frame(source, 5.0)
