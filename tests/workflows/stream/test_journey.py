"""What a stream has been through, and back from what is saved."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from keepfit.retraining.batch_facts import ROLES, BatchFacts
from keepfit.retraining.takeover import Takeover
from keepfit.workflows.stream import journey as journey_module
from keepfit.workflows.stream.journey import Journey
from keepfit.workflows.stream.position import SourcePosition

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SCORES = st.fixed_dictionaries(dict.fromkeys(("log_loss", "roc_auc", "f1", "precision", "recall"), st.none() | NUMBERS))
OF_ROLES = st.fixed_dictionaries(dict.fromkeys(ROLES, SCORES))
COUNTS = st.integers(0, 10**9)
BATCHES = st.builds(
    BatchFacts,
    number=COUNTS,
    name=st.text(),
    rows=COUNTS,
    left_out=COUNTS,
    waiting_rows=COUNTS,
    champion=COUNTS,
    key=st.text(),
    trees=st.none() | COUNTS,
    batch=OF_ROLES,
    faded=OF_ROLES,
    windowed=OF_ROLES,
    compared_rows=st.integers(1, 10**9),
    takeover=st.builds(Takeover, is_better=st.booleans(), gain=NUMBERS, bound=NUMBERS, reason=st.text()),
    drifted=st.lists(st.sampled_from(["champion", "challenger"]), unique=True).map(tuple),
    learn_seconds=NUMBERS,
    promoted=st.none() | COUNTS,
    proposed=st.none() | COUNTS,
    refusal=st.text(),
)
JOURNEYS = st.builds(
    Journey,
    stream=st.text(),
    frozen=COUNTS,
    position=st.builds(
        SourcePosition,
        taken=st.dictionaries(st.text(), COUNTS),
        whole=st.lists(st.text(), unique=True).map(dict.fromkeys),
        beginnings=st.dictionaries(st.text(), COUNTS),
        place=st.none() | st.dictionaries(st.text(), COUNTS),
    ),
    refused=COUNTS,
    promotions=COUNTS,
    drifts=st.dictionaries(st.sampled_from(["champion", "challenger"]), st.integers(1, 9)).map(Counter),
    pending=st.none() | BATCHES,
    history=st.lists(BATCHES, max_size=3),
)


@given(JOURNEYS)
def test_it_comes_back_from_json(journey):
    """As it was, in the same order."""
    told = json.dumps(journey.to_dict(), allow_nan=False)
    assert Journey.from_dict(json.loads(told), journey.history) == journey


@given(BATCHES)
def test_a_batch_of_which_nothing_is_compared_comes_back_too(facts):
    """JSON has no number for a gain of no row, nor for what it is above."""
    unknown = Takeover(is_better=False, gain=math.nan, bound=-math.inf, reason="no rows")
    facts = replace(facts, takeover=unknown, compared_rows=0)
    back = BatchFacts.from_dict(json.loads(json.dumps(facts.to_dict(), allow_nan=False)))
    assert math.isnan(back.takeover.gain)
    assert back.takeover.bound == -math.inf


def facts_of(number: int, *, is_better: bool = False) -> BatchFacts:
    takeover = Takeover(is_better, 0.1, 0.05, "")
    drifted = ("champion",) if number % 2 else ()
    return BatchFacts(number, "b", "k", 20, 0, 0, 1, None, {}, {}, {}, 20, takeover, drifted=drifted)


def test_a_challenger_that_is_better_is_to_take_over_where_it_may():
    """Until that is settled; then it is counted."""
    journey = Journey("s", 1)
    journey.add(facts_of(1, is_better=True), may_take_over=False)
    assert journey.pending is None
    journey.add(facts_of(2, is_better=True), may_take_over=True)
    assert journey.pending == journey.history[-1]
    journey.settle(replace(journey.history[-1], promoted=2))
    assert (journey.pending, journey.promotions, journey.history[-1].promoted) == (None, 1, 2)


def test_it_does_not_grow_without_end(monkeypatch):
    """The oldest batches are let go; what is counted stays counted."""
    monkeypatch.setattr(journey_module, "MOST_BATCHES", 2)
    journey = Journey("s", 1)
    for number in range(1, 6):
        journey.add(facts_of(number), may_take_over=True)
    assert [facts.number for facts in journey.history] == [4, 5]
    assert journey.drifts["champion"] == 3
