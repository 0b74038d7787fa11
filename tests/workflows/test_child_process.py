"""A program that runs for as long as it is needed."""

from __future__ import annotations

import sys

import pytest

from keepfit.workflows.child_process import child_process, last_words

WAITING = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]


def test_it_ends_with_the_block(tmp_path):
    """By its own pid, also where the block fails."""
    started = []

    def fails() -> None:
        with child_process(WAITING, tmp_path / "log") as process:
            started.append((process, process.poll()))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    (process, at_first), *_ = started
    assert at_first is None
    assert process.poll() is not None


def test_its_last_words_are_kept(tmp_path):
    """What it printed is in the log: the last line says why it ended."""
    log = tmp_path / "log"
    with child_process([sys.executable, "-c", "print('one'); raise SystemExit('the port is in use')"], log) as process:
        process.wait(30)
    assert last_words(log) == "the port is in use"
    (tmp_path / "empty").touch()
    assert last_words(tmp_path / "empty") == "without a word"
