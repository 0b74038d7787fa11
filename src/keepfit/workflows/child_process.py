"""A program that runs for as long as a workflow needs it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_STOP_SECONDS = 15.0


@contextmanager
def child_process(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program, and end it by its own pid when the block is left.

    Parameters
    ----------
    command
        The program and its arguments; nothing of it comes from outside.
    log
        File for what it prints.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def last_words(log: Path) -> str:
    """Return the last line that a program printed."""
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return said[-1] if said else "without a word"
