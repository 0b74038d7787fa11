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

from keepfit.scoring.frames import ANSWERED, FAILED, Shape, read_frame, write_frame


def main() -> None:
    """Load the pipeline, and answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for who started this
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no frame
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    pipeline = None
    while (frame := read_frame(source)) is not None:
        try:
            answer = b""
            if pipeline is None:
                pipeline = pickle.loads(frame.content)  # noqa: S301 - as said above
            else:
                answer = _answer(pipeline, frame.shape, frame.content)
            write_frame(target, Shape(ANSWERED, len(answer) // 8), answer)
        except Exception as error:  # noqa: BLE001 - whatever the pipeline raises, who asked must hear of it
            write_frame(target, Shape(FAILED, 0), f"{type(error).__name__}: {error}".encode()[:10_000])


def _answer(pipeline: Any, shape: Shape, content: bytes) -> bytes:
    matrix = np.frombuffer(content, dtype=np.float32).reshape(shape.first, shape.second)
    answers = np.asarray(pipeline.probability(matrix), dtype=np.float64)
    if answers.shape != (shape.first,):
        raise ValueError(f"{answers.shape} answers to {shape.first} rows")
    return answers.tobytes()


if __name__ == "__main__":
    main()
