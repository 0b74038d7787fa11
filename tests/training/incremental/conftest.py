"""Rows to learn batch by batch, and learners that are stopped and go on."""

from __future__ import annotations

import io

import numpy as np
import pytest

from keepfit.project.stream_section import StreamSection
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.incremental import LearnerTask, build_learner

SIGNATURE = Signature(
    (
        Column("a", Kind.NUMBER),
        Column("b", Kind.INTEGER),
        Column("c", Kind.CATEGORY, categories=("x", "y", "z")),
        Column("f", Kind.FLAG),
    ),
    Outcome("y", "no", "yes"),
)


def made_rows(count, seed, *, flipped=False):
    """Rows with missing values and unseen categories; flipped, each class is the other one."""
    rng = np.random.default_rng(seed)
    columns = [rng.normal(size=count) * 10, *(rng.integers(0, most, count) for most in (50, 4, 2))]
    matrix = np.column_stack(columns).astype(np.float32)
    is_positive = matrix[:, 0] + matrix[:, 1] / 5 + rng.normal(size=count) * 3 > 5
    matrix[rng.random(matrix.shape) < 0.05] = np.nan
    return matrix, (is_positive != flipped).astype(np.int8)


@pytest.fixture(scope="session")
def rows():
    """Makes rows: how many, the seed, whether their classes are flipped."""
    return made_rows


@pytest.fixture(scope="session")
def task():
    """Makes a task of a strategy and other keys of `[stream]`; forests are small."""

    def make(strategy, **declared):
        if strategy in {"window", "reservoir"} and "model" not in declared:
            declared = {"parameters": {"n_estimators": 20}, **declared}
        section = StreamSection(strategy=strategy, **{"window_rows": 300, "batch_rows": 50, **declared})
        return LearnerTask(SIGNATURE, section, TrainingSection(), seed=7)

    return make


@pytest.fixture(scope="session")
def began():
    """Builds a learner of a task on the same 400 rows; from a state, one that goes on."""
    first = made_rows(400, seed=99)
    return lambda task, state=None: build_learner(task, *first, state)


@pytest.fixture(scope="session")
def gone_on(began):
    """Stops a learner: what it knows goes to a file without pickling, and another one goes on from there."""

    def go_on(learner, task):
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, **learner.state())
        file.seek(0)
        with np.load(file, allow_pickle=False) as state:
            return began(task, dict(state))

    return go_on


@pytest.fixture(scope="session")
def loss():
    """The log-loss of what a learner answers to rows."""

    def of(learner, matrix, labels):
        answers = np.clip(learner.probability(matrix), 1e-3, 1 - 1e-3)
        return float(-np.log(np.where(labels == 1, answers, 1 - answers)).mean())

    return of
