"""The process in which a fitted pipeline answers: `python -m keepfit.scoring.pipeline_worker`.

It reads frames from its standard input and writes frames to its standard output, and ends when the input ends. The
first frame is the pickled pipeline: an object with a method `probability`, that takes float32 rows and returns their
probabilities. Every further frame is a matrix, and is answered by one frame. To load a pickle is to run what it says:
that is why it has a process of its own, and why a project must ask for it (ADR 12).
"""

from __future__ import annotations

import os
import pickle
import signal
from typing import Any

import numpy as np

from keepfit.scoring.frames import ANSWERS, FAILURE, PIPELINE, Frame, read_frame, write_frame

_LONGEST_WORDS = 10_000


def main() -> None:
    """Load the pipeline, and answer until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # who started it ends it, when it has finished what is in flight
        signal.signal(number, signal.SIG_IGN)
    source, target = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what a library reads or prints is no frame
    os.dup2(2, 1)
    pipeline: Any = None
    while (frame := read_frame(source)) is not None:
        try:
            if frame.kind == PIPELINE:
                pipeline = pickle.loads(frame.content)  # noqa: S301 - as said above
                answer = Frame(ANSWERS, 0, 0, b"")
            else:
                answer = _answers(pipeline, frame)
        except Exception as error:  # noqa: BLE001 - whatever the pipeline raises, who asked must hear of it
            said = f"{type(error).__name__}: {error}"[:_LONGEST_WORDS]
            answer = Frame(FAILURE, 0, 0, said.encode(errors="replace"))
        write_frame(target, answer)


def _answers(pipeline: Any, asked: Frame) -> Frame:
    matrix = np.frombuffer(asked.content, dtype=np.float32).reshape(asked.rows, asked.columns)
    answers = np.asarray(pipeline.probability(matrix.copy()), dtype=np.float64)  # a step may work in its place
    if answers.shape != (asked.rows,):
        raise ValueError(f"{answers.shape} answers to {asked.rows} rows")
    if not ((answers >= 0) & (answers <= 1)).all():
        raise ValueError(f"{answers[~((answers >= 0) & (answers <= 1))][0]} is no probability")
    return Frame(ANSWERS, asked.rows, 1, answers.tobytes())


if __name__ == "__main__":
    main()
