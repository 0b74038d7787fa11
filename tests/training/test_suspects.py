"""Columns that may know the answer, as a training tells of them."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.project.declaration import EvaluationSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, Suspect, all_suspects, diagnose

SIGNATURE = Signature(tuple(Column(name, Kind.NUMBER) for name in ("first", "second")), Outcome("y", "no", "yes"))
NAMED = Suspect(("first",), "first is known only after the event.", "declared")


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(1000, 2)).astype(np.float32)
    labels = (matrix[:, 0] + 0.05 * matrix[:, 1] > 0).astype(np.int8)
    return diagnose(
        lambda rows: 1 / (1 + np.exp(-20 * (rows[:, 0] + 0.05 * rows[:, 1]).astype(np.float64))),
        0.5,
        SearchRows(matrix, labels, np.arange(500), np.arange(500, 1000)),
        SIGNATURE,
        metric="f1",
        section=EvaluationSection(),
        seed=0,
    )


def test_what_the_model_rests_on_a_suspect_is_added(found):
    """The evidence tells what shuffling the column costs."""
    (suspect,) = all_suspects([NAMED], found, area=0.8)
    assert suspect.said.startswith("first is known only after the event. (declared; shuffling first costs F1 0.")


def test_a_very_good_model_that_rests_on_one_column_names_it(found):
    """Whatever the table says of that column by itself; once, if it is a suspect already."""
    (suspect,) = all_suspects([], found, area=0.99)
    assert suspect.columns == ("first",)
    assert "rests on first alone" in suspect.sentence
    assert len(all_suspects([NAMED], found, area=0.99)) == 1


def test_an_ordinary_model_may_rest_on_one_column(found):
    """One strong column is no leak where the scores are what tables allow."""
    assert all_suspects([], found, area=0.85) == ()
