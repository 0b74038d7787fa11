"""What is known of a batch."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.evaluation.anytime import RunningMean
from keepfit.evaluation.prequential import AnsweredRows, prequential_scores
from keepfit.project.stream_section import StreamSection
from keepfit.retraining.batch_facts import ROLES, BatchFacts
from keepfit.retraining.takeover import Compared, judge_takeover


def batch_facts(number=1, *, rows=50, compared=None, gain=0.1, positives=None):
    """Facts as a course makes them, of made-up answers; of one class where all or none are positive."""
    rng = np.random.default_rng(number)
    labels = (rng.random(rows) < 0.4).astype(np.int8)
    if positives is not None:
        labels = (np.arange(rows) < positives).astype(np.int8)
    skills = dict(zip(ROLES, (1.0, 2.0, 0.5, 0.0), strict=True))
    noise = rng.normal(size=rows)
    answers = {role: 1 / (1 + np.exp(-(skill * (2 * labels - 1 + noise) - 0.4))) for role, skill in skills.items()}
    answered = AnsweredRows.none(ROLES).with_batch(labels, answers, dict.fromkeys(ROLES, 0.5), 0.998)
    count = number * rows if compared is None else compared
    gains = RunningMean().with_values(gain + 0.3 * rng.normal(size=count))
    return BatchFacts(
        number=number,
        name=f"new_{number}.csv",
        rows=rows,
        left_out=0,
        waiting_rows=100,
        champion=1,
        key=f"key {number}",
        trees=60,
        batch={role: prequential_scores(labels, answers[role], 0.5) for role in ROLES},
        faded={role: answered.faded(role, 0.998) for role in ROLES},
        windowed={role: answered.windowed(role, 0.998) for role in ROLES},
        compared_rows=gains.count,
        takeover=judge_takeover(Compared(gains, count // 3), StreamSection(), loss=0.3, prior_loss=0.5),
        learn_seconds=0.0125,
    )


def through_json(facts):
    """As strict JSON says it: there is no NaN and no infinity."""
    return json.loads(json.dumps(facts.to_dict(), allow_nan=False))


@given(
    st.integers(1, 9),
    st.integers(0, 50),
    st.sampled_from([None, 0, 1, 300]),
    st.lists(st.sampled_from(["champion", "challenger"]), unique=True),
)
def test_they_come_back_from_json(number, positives, compared, drifted):
    """Equal, of batches of one class and without a row that was compared too."""
    facts = replace(batch_facts(number, positives=positives, compared=compared), drifted=tuple(drifted))
    assert BatchFacts.from_dict(through_json(facts)) == facts


def test_what_was_done_comes_back_too():
    """The version that took over, and why another did not."""
    facts = replace(batch_facts(), promoted=4, refusal="parity gate: no", left_out=3, drifted=("champion",))
    again = BatchFacts.from_dict(through_json(facts))
    assert (again.promoted, again.refusal, again.left_out, again.drifted) == (4, "parity gate: no", 3, ("champion",))
    assert again == facts


def test_of_no_compared_row_there_is_no_gain():
    """None in JSON; back from it the gain is no number, and nothing is above the bound."""
    facts = batch_facts(compared=0)
    told = through_json(facts)
    assert (told["takeover"]["gain"], told["takeover"]["bound"]) == (None, None)
    again = BatchFacts.from_dict(told).takeover
    assert math.isnan(again.gain)
    assert again.bound == -math.inf
    assert not again.is_better


@pytest.mark.parametrize("positives", [0, 50])
def test_a_score_of_one_class_is_null(positives):
    """An area under the curve that is not there is not 0."""
    told = through_json(batch_facts(positives=positives))
    assert told["batch"]["champion"]["roc_auc"] is None
    assert told["batch"]["champion"]["log_loss"] > 0


def test_telling_changes_nothing():
    """The facts stay as they were, and what is told is one's own."""
    facts = batch_facts(compared=0)
    told = facts.to_dict()
    told["batch"]["champion"]["log_loss"] = 99.0
    told["takeover"]["reason"] = "another"
    assert facts.batch["champion"]["log_loss"] != 99.0
    assert facts.to_dict()["takeover"]["reason"] == "0 rows are compared, 200 are needed"
