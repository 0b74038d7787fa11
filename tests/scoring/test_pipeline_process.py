"""Pipelines in a process of their own."""

from __future__ import annotations

import errno
import os
import pickle
import select
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from keepfit.errors import PipelineAwayError, PipelineError
from keepfit.scoring import PipelineProcess

ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)
MODELS = """
import os, signal, time
import numpy as np

class Mean:
    def probability(self, matrix):
        print("a library may print")
        return matrix.mean(axis=1) / 100

class Failing:
    def probability(self, matrix):
        raise ZeroDivisionError("of its own")

class Dying:
    def probability(self, matrix):
        os.kill(os.getpid(), signal.SIGKILL)

class Short:
    def probability(self, matrix):
        return np.zeros(1)

class Doubtful:
    def probability(self, matrix):
        return np.where(matrix[:, 0] == 3, np.nan, matrix[:, 0] / 100)

class Slow:
    def probability(self, matrix):
        time.sleep(float(matrix[0, 0]))
        return np.full(len(matrix), float(matrix[0, 0]) / 10)

class InPlace:
    def probability(self, matrix):
        matrix /= 100
        return matrix[:, 0].copy()

class Telling:
    def probability(self, matrix):
        return np.array([float("KEEPFIT_API_TOKEN" in os.environ), float("PATH" in os.environ)])

class Unloadable:
    def __setstate__(self, state):
        raise ValueError("made by another version")
    def __getstate__(self):
        return {"a": 1}
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A module that is at hand here and in the processes that are started."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "odd_models.py").write_text(MODELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        import odd_models  # noqa: PLC0415 - it has just been made

        yield odd_models


def started(model):
    return closing(PipelineProcess(pickle.dumps(model), where="v1"))


def test_it_answers_as_the_pipeline_does(models):
    """Any number of rows, of any memory layout; what the pipeline prints is no answer."""
    with started(models.Mean()) as process:
        expected = ROWS.mean(axis=1) / 100
        assert process.probabilities(ROWS).tolist() == expected.tolist()
        assert process.probabilities(np.asfortranarray(ROWS)).tolist() == expected.tolist()
        assert process.probabilities(ROWS[:0]).tolist() == []
        many = np.tile(ROWS, (20_000, 1))
        assert np.array_equal(process.probabilities(many), np.tile(expected, 20_000))


def test_threads_share_it(models):
    """Each gets the answers to its own rows."""
    with started(models.Mean()) as process, ThreadPoolExecutor(8) as pool:
        asked = [np.full((at % 5 + 1, 3), at % 97, np.float32) for at in range(200)]
        answers = list(pool.map(process.probabilities, asked))
    assert all(np.array_equal(found, rows.mean(axis=1) / 100) for found, rows in zip(answers, asked, strict=True))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Failing", r"v1: its pipeline fails on these rows; see the log \(ZeroDivisionError: of its own\)"),
        ("Short", r"\(ValueError: \(1,\) answers to 4 rows\)"),
        ("Doubtful", r"\(ValueError: nan is no probability\)"),
    ],
)
def test_what_goes_wrong_in_it_is_told(models, name, said):
    """A pipeline that fails, miscounts, or answers with no probability: an error each time."""
    with started(getattr(models, name)()) as process:
        for _ in range(2):
            with pytest.raises(PipelineError, match=said) as told:
                process.probabilities(ROWS)
        assert told.value.what == "its pipeline fails on these rows"  # what a caller is told


def test_one_that_takes_its_process_down_is_left_alone_for_a_while(models):
    """It is tried twice, and then nobody waits for it until some seconds have passed."""
    with started(models.Dying()) as process:
        with pytest.raises(PipelineAwayError, match="v1: the process of its pipeline does not answer; see what"):
            process.probabilities(ROWS)
        began = time.monotonic()
        with pytest.raises(PipelineAwayError, match="does not answer for the moment"):
            process.probabilities(ROWS)
        assert time.monotonic() - began < 0.5
        assert process.pid is None


def test_no_late_answer_is_taken_for_anothers(models):
    """Who does not answer in time is ended: the next question gets its own answer."""
    pickled = pickle.dumps(models.Slow())
    with closing(PipelineProcess(pickled, where="v1", answer_seconds=0.5)) as process:
        assert process.probabilities(np.full((1, 1), 0.1, np.float32)) == pytest.approx([0.01])
        with pytest.raises(PipelineAwayError):
            process.probabilities(np.full((1, 1), 3, np.float32))
        process._away_until = 0.0  # the pause is over
        assert process.probabilities(np.full((1, 1), 0.2, np.float32)) == pytest.approx([0.02])


def test_a_step_may_work_in_its_place(models):
    """The matrix is the pipeline's own."""
    with started(models.InPlace()) as process:
        assert process.probabilities(ROWS).tolist() == (ROWS[:, 0] / 100).tolist()


def test_one_that_could_not_be_started_again_is_tried_anew(models, monkeypatch):
    """A moment without processes is an error of that moment."""
    with started(models.Mean()) as process:
        process.close()
        with monkeypatch.context() as patch:
            patch.setattr(subprocess, "Popen", _no_process)
            with pytest.raises(PipelineAwayError, match=r"cannot be started \(Cannot allocate memory\)"):
                process.probabilities(ROWS)
        assert len(process.probabilities(ROWS)) == len(ROWS)


def _no_process(*_, **__):
    raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))


def test_one_that_cannot_be_loaded_is_told(models):
    """At the start, with its own words."""
    for pickled in (pickle.dumps(models.Unloadable()), b"no pickle", pickle.dumps(models.Mean())[:-5]):
        with pytest.raises(PipelineError, match=r"its pipeline cannot be loaded; install what it was .*\(.+\)"):
            PipelineProcess(pickled, where="v1")


def test_it_is_started_again_when_it_has_died(models):
    """Killed from outside, between two questions: the second one is answered."""
    with started(models.Mean()) as process:
        before = process.probabilities(ROWS)
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is left to who started it
        assert np.array_equal(process.probabilities(ROWS), before)


def test_it_does_not_know_our_tokens(models, monkeypatch):
    """The environment's secrets of the service are not the pipeline's."""
    monkeypatch.setenv("KEEPFIT_API_TOKEN", "a-secret-of-the-service")
    with started(models.Telling()) as process:
        assert process.probabilities(ROWS[:2]).tolist() == [0.0, 1.0]


def test_it_ends_with_who_started_it(models, tmp_path):
    """Closed, forgotten, or its parent killed: no process is left behind."""
    process = PipelineProcess(pickle.dumps(models.Mean()), where="v1")
    pid = process.pid
    del process
    assert not Path(f"/proc/{pid}").exists()
    script = textwrap.dedent("""
        import pickle, signal, odd_models
        from keepfit.scoring import PipelineProcess
        process = PipelineProcess(pickle.dumps(odd_models.Mean()), where="v1")
        print(process.pid, flush=True)
        signal.pause()
    """)
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    ended = os.pidfd_open(int(parent.stdout.readline()))
    try:
        parent.kill()
        parent.communicate()
        assert select.select([ended], [], [], 10)[0]  # readable when the process has ended
    finally:
        os.close(ended)
