"""A fitted pipeline that no graph can hold, answered by a process of its own.

Nothing of it is loaded here: this process sends numbers and gets numbers back. The other one ends with this one. One
that dies, or does not answer in time, is ended, so that no late answer is ever taken for another one's, and the next
question starts a new one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.errors import PipelineAwayError, PipelineError
from keepfit.scoring.frames import ANSWERS, FAILURE, MATRIX, PIPELINE, Frame, read_frame, write_frame

_START_SECONDS = 60.0  # its libraries are imported
_ANSWER_SECONDS = 30.0
_ROW_SECONDS = 0.005  # for each row besides
_PAUSE_SECONDS = 5.0  # after it was given up on, nobody waits for it
_ROWS_AT_ONCE = 4096
_TRIES = 2


class PipelineProcess:
    """A pipeline in a process of its own, ready to answer.

    Safe to use from several threads, one of which it answers at a time.

    Parameters
    ----------
    pickled
        The pipeline.
    where
        What an error names.
    answer_seconds
        How long an answer may take, besides what each row may.

    Raises
    ------
    PipelineError
        When it cannot be loaded.
    PipelineAwayError
        When its process cannot be started.
    """

    def __init__(self, pickled: bytes, *, where: str, answer_seconds: float = _ANSWER_SECONDS) -> None:
        self._pickled = pickled
        self._where = where
        self._answer_seconds = answer_seconds
        self._turn = threading.Lock()
        self._away_until = 0.0
        self._process: _Process | None = self._started()

    @property
    def pid(self) -> int | None:
        """Number of the process; None while there is none."""
        return None if self._process is None else self._process.pid

    def probabilities(self, matrix: Matrix) -> NDArray[np.float64]:
        """Return the probability of the positive class, `(n_rows,)`, for a matrix from the door.

        Raises
        ------
        PipelineError
            When the pipeline fails on these rows.
        PipelineAwayError
            When its process does not answer, also when it was started once more.
        """
        parts = [self._asked(matrix[at : at + _ROWS_AT_ONCE]) for at in range(0, max(len(matrix), 1), _ROWS_AT_ONCE)]
        return np.concatenate(parts)

    def close(self) -> None:
        """End the process; a further question starts another one."""
        with self._turn:
            self._ended()

    def _asked(self, matrix: Matrix) -> NDArray[np.float64]:
        rows = np.ascontiguousarray(matrix, dtype=np.float32)
        question = Frame(MATRIX, rows.shape[0], rows.shape[1], rows.tobytes())
        with self._turn:
            for _ in range(_TRIES):
                answer = self._answer(question, self._answer_seconds + len(rows) * _ROW_SECONDS)
                if answer is not None:
                    break
            else:
                self._away_until = time.monotonic() + _PAUSE_SECONDS
                raise self._away("does not answer")
        if answer.kind == FAILURE:
            said = answer.content.decode(errors="replace")
            raise PipelineError("its pipeline fails on these rows", where=self._where, hint="see the log", said=said)
        return np.frombuffer(answer.content, dtype=np.float64)

    def _answer(self, question: Frame, seconds: float) -> Frame | None:
        """Return the answer to a matrix; without one that fits the process is ended, and none of it is left."""
        if time.monotonic() < self._away_until:
            raise self._away("does not answer for the moment")
        process = self._process = self._process or self._started()
        fits = False
        try:
            answer = process.exchange(question, seconds)
            fits = answer is not None and (answer.kind == FAILURE or answer.rows == question.rows)
            return answer if fits else None
        finally:
            if not fits:
                self._ended()

    def _away(self, does: str) -> PipelineAwayError:
        return PipelineAwayError(
            f"the process of its pipeline {does}", where=self._where, hint="see what it has printed"
        )

    def _ended(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def _started(self) -> _Process:
        """Start the process and let it load the pipeline."""
        try:
            process = _Process()
        except OSError as error:
            raise self._away(f"cannot be started ({error.strerror})") from error
        loaded = process.exchange(Frame(PIPELINE, 0, 0, self._pickled), _START_SECONDS)
        if loaded is None or loaded.kind != ANSWERS:
            process.end()
            raise PipelineError(
                "its pipeline cannot be loaded",
                where=self._where,
                hint="install what it was trained with, or train again",
                said="its process has ended" if loaded is None else loaded.content.decode(errors="replace"),
            )
        return process


class _Process:
    """The process itself, and the two pipes to it."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", "keepfit.scoring.pipeline_worker"]  # no module of a folder is in its way
        started = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_without_tokens(os.environ),
            start_new_session=True,  # what ends the service lets it finish what is in flight
        )
        assert started.stdin is not None  # noqa: S101 - as it was started
        assert started.stdout is not None  # noqa: S101 - as above
        self.pid = started.pid
        self._target, self._source = started.stdin.fileno(), started.stdout.fileno()
        for pipe in (self._target, self._source):
            os.set_blocking(pipe, False)
        self.end = weakref.finalize(self, _end, started)

    def exchange(self, question: Frame, seconds: float) -> Frame | None:
        """Return the answer to a frame; None when there is none in time."""
        try:
            write_frame(self._target, question, seconds)
            return read_frame(self._source, seconds)
        except OSError:
            return None


def _without_tokens(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what is Keepfit's own, its tokens above all: they are not for the pipeline."""
    return {name: value for name, value in environment.items() if not name.startswith("KEEPFIT_")}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process at once: it holds nothing that could be lost."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was not sent has nobody to read it
                continue
