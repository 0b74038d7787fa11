"""A fitted pipeline that no graph can hold, answered by a process of its own.

Nothing of it is loaded here: this process sends numbers and gets numbers back. The other one ends with this one, is
started again when it dies, and is given up on when it does not answer.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import BundleError
from keepfit.scoring.door import Matrix
from keepfit.scoring.frames import FAILED, Frame, Shape, read_frame, write_frame

_START_SECONDS = 60.0  # its libraries are imported
_ANSWER_SECONDS = 30.0
_ROWS_AT_ONCE = 65_536
_GRACE_SECONDS = 5.0
_WAY_OUT = "see what its process has printed, or train again"


class PipelineProcess:
    """A pipeline in a process of its own, ready to answer.

    Safe to use from several threads, one of which it answers at a time.

    Parameters
    ----------
    pickled
        The pipeline.
    where
        What an error names.

    Raises
    ------
    BundleError
        When its process cannot be started, or cannot load it.
    """

    def __init__(self, pickled: bytes, *, where: str) -> None:
        self._pickled = pickled
        self._where = where
        self._turn = threading.Lock()
        self._process = self._started()

    def probabilities(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the probability of the positive class, `(n_rows,)`, for a matrix from the door.

        Raises
        ------
        BundleError
            When the pipeline fails on these rows, or its process does not answer, also when it was started once more.
        """
        parts = [self._asked(matrix[at : at + _ROWS_AT_ONCE]) for at in range(0, max(len(matrix), 1), _ROWS_AT_ONCE)]
        return np.concatenate(parts)

    def close(self) -> None:
        """End the process."""
        self._end()

    def _asked(self, matrix: Matrix) -> NDArray[np.float64]:
        rows = np.ascontiguousarray(matrix, dtype=np.float32)
        with self._turn:
            answer = self._exchange(rows)
            if answer is None:  # it has died, or hangs
                self._end()
                self._process = self._started()
                answer = self._exchange(rows)
        if answer is None:
            raise BundleError("the process of its pipeline has died twice", where=self._where, hint=_WAY_OUT)
        if answer.shape.first == FAILED:
            said = answer.content.decode(errors="replace")
            raise BundleError(f"its pipeline failed ({said})", where=self._where, hint=_WAY_OUT)
        return np.frombuffer(answer.content, dtype=np.float64)

    def _exchange(self, rows: Matrix) -> Frame | None:
        source, target = _pipes(self._process)
        try:
            write_frame(target, Shape(*rows.shape), rows.tobytes())
        except OSError:
            return None
        return read_frame(source) if _comes(source, _ANSWER_SECONDS) else None

    def _started(self) -> subprocess.Popen[bytes]:
        """Start the process and let it load the pipeline."""
        command = [sys.executable, "-m", "keepfit.scoring.pipeline_worker"]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_without_tokens(os.environ)
            )
        except OSError as error:
            said = f"the process of its pipeline cannot be started ({error})"
            raise BundleError(said, where=self._where, hint=_WAY_OUT) from error
        self._end = weakref.finalize(self, _ended, process)
        source, target = _pipes(process)
        try:
            write_frame(target, Shape(0, 0), self._pickled)
            loaded = read_frame(source) if _comes(source, _START_SECONDS) else None
        except OSError:
            loaded = None
        if loaded is None or loaded.shape.first == FAILED:
            self._end()
            said = "its process has ended" if loaded is None else loaded.content.decode(errors="replace")
            raise BundleError(
                f"its pipeline cannot be loaded ({said})",
                where=self._where,
                hint="install what it was trained with, or train again",
            )
        return process


def _without_tokens(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what is Keepfit's own, its tokens above all: they are not for the pipeline."""
    return {name: value for name, value in environment.items() if not name.startswith("KEEPFIT_")}


def _pipes(process: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    """Return what a process writes to and reads from."""
    assert process.stdout is not None  # noqa: S101 - as it was started
    assert process.stdin is not None  # noqa: S101 - as above
    return process.stdout, process.stdin  # type: ignore[return-value]  # both are


def _comes(source: BinaryIO, seconds: float) -> bool:
    """Wait for the beginning of an answer; nothing of one is ever left behind in the buffer."""
    poller = select.poll()
    poller.register(source, select.POLLIN)
    return bool(poller.poll(seconds * 1000))


def _ended(process: subprocess.Popen[bytes]) -> None:
    """End a process: first by the end of its input."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was written to it has nobody to read it
                continue
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
