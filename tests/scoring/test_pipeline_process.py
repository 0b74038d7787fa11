"""Pipelines in a process of their own."""

from __future__ import annotations

import os
import pickle
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

from keepfit.errors import BundleError
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
        asked = [np.full((at % 5 + 1, 3), at, np.float32) for at in range(200)]
        answers = list(pool.map(process.probabilities, asked))
    assert all(np.array_equal(found, rows.mean(axis=1) / 100) for found, rows in zip(answers, asked, strict=True))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Failing", r"v1: its pipeline failed \(ZeroDivisionError: of its own\)"),
        ("Short", r"its pipeline failed \(ValueError: \(1,\) answers to 4 rows\)"),
        ("Dying", "the process of its pipeline has died twice"),
    ],
)
def test_what_goes_wrong_in_it_is_told(models, name, said):
    """A pipeline that fails, miscounts, or takes its process down: an error each time, and no hang."""
    with started(getattr(models, name)()) as process:
        for _ in range(2):
            with pytest.raises(BundleError, match=said):
                process.probabilities(ROWS)


def test_one_that_cannot_be_loaded_is_told(models):
    """At the start, with its own words."""
    for pickled in (pickle.dumps(models.Unloadable()), b"no pickle", pickle.dumps(models.Mean())[:-5]):
        with pytest.raises(
            BundleError, match=r"its pipeline cannot be loaded \(.+\); install what it was trained with"
        ):
            PipelineProcess(pickled, where="v1")


def test_it_is_started_again_when_it_has_died(models):
    """Killed from outside, between two questions: the second one is answered."""
    with started(models.Mean()) as process:
        before = process.probabilities(ROWS)
        os.kill(process._process.pid, signal.SIGKILL)
        time.sleep(0.2)
        assert np.array_equal(process.probabilities(ROWS), before)


def test_it_does_not_know_our_tokens(models, monkeypatch):
    """The environment's secrets of the service are not the pipeline's."""
    monkeypatch.setenv("KEEPFIT_API_TOKEN", "a-secret-of-the-service")
    with started(models.Telling()) as process:
        assert process.probabilities(ROWS[:2]).tolist() == [0.0, 1.0]


def test_it_ends_with_who_started_it(models, tmp_path):
    """Closed, forgotten, or its parent killed: no process is left behind."""
    process = PipelineProcess(pickle.dumps(models.Mean()), where="v1")
    pid = process._process.pid
    del process
    assert not Path(f"/proc/{pid}").exists()
    script = textwrap.dedent("""
        import pickle, sys, time, odd_models
        from keepfit.scoring import PipelineProcess
        process = PipelineProcess(pickle.dumps(odd_models.Mean()), where="v1")
        print(process._process.pid, flush=True)
        time.sleep(60)
    """)
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
