"""Standard input that one may stop waiting for, by real pipes."""

from __future__ import annotations

import io
import json
import os
import threading
import time

import pytest

from keepfit.datasets.arrivals.lines import LinesSource
from keepfit.datasets.arrivals.waited_input import WaitedInput


@pytest.fixture
def pipe():
    """Both ends of a pipe: a descriptor to read, a file to write."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb", buffering=0) as file:
        yield reading, file
    os.close(reading)


def test_it_reads_what_is_sent_to_the_end(pipe):
    """In whatever pieces it comes."""
    reading, file = pipe
    content = os.urandom(300_000)

    def send() -> None:
        for at in range(0, len(content), 70_001):
            file.write(content[at : at + 70_001])  # more than a pipe holds: it waits for the reader
        file.close()

    thread = threading.Thread(target=send)
    thread.start()
    assert io.BufferedReader(WaitedInput(reading, threading.Event())).read() == content
    thread.join()


def test_it_reads_a_file_too(tmp_path):
    """As the shell gives one."""
    (tmp_path / "lines").write_bytes(b"a\nb\n")
    with (tmp_path / "lines").open("rb") as file:
        assert io.BufferedReader(WaitedInput(file.fileno(), threading.Event())).readlines() == [b"a\n", b"b\n"]


def test_a_stop_ends_an_idle_one(pipe):
    """Soon, and the descriptor stays open."""
    stop = threading.Event()
    thread = threading.Timer(0.05, stop.set)
    thread.start()
    began = time.monotonic()
    assert io.BufferedReader(WaitedInput(pipe[0], stop)).readline() == b""
    assert time.monotonic() - began < 2
    thread.join()
    os.fstat(pipe[0])


def test_lines_that_are_too_few_are_not_handed_over_at_a_stop(pipe):
    """Whoever sends them again sends them with those behind them; half a line is no error then."""
    reading, file = pipe
    stop, found = threading.Event(), []
    file.write(b"".join(json.dumps({"a": at}).encode() + b"\n" for at in range(5)) + b'{"a":')
    source = LinesSource(io.BufferedReader(WaitedInput(reading, stop)), 2, stop)
    for delivery in source.deliveries():
        found.append(delivery.name)
        if len(found) == 2:
            threading.Timer(0.05, stop.set).start()
    assert found == ["lines 1 to 2", "lines 3 to 4"]
