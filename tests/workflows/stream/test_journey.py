"""What a stream has been through, and back from what is saved."""

from __future__ import annotations

import json
import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from keepfit.retraining.batch_facts import ROLES, BatchFacts
from keepfit.retraining.takeover import Takeover
from keepfit.workflows.stream import journey as journey_module
from keepfit.workflows.stream.journey import Journey

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
    size=COUNTS,
    batch=OF_ROLES,
    faded=OF_ROLES,
    windowed=OF_ROLES,
    compared_rows=st.integers(1, 10**9),
    takeover=st.builds(Takeover, is_better=st.booleans(), gain=NUMBERS, bound=NUMBERS, reason=st.text()),
    drifted=st.lists(st.sampled_from(["champion", "challenger"]), unique=True).map(tuple),
    learn_seconds=NUMBERS,
    promoted=st.none() | COUNTS,
    refusal=st.text(),
)
JOURNEYS = st.builds(
    Journey,
    stream=st.text(),
    frozen=COUNTS,
    taken=st.dictionaries(st.text(), COUNTS),
    whole=st.lists(st.text(), unique=True).map(dict.fromkeys),
    after=COUNTS,
    refused=COUNTS,
    history=st.lists(BATCHES, max_size=3),
    is_pending=st.booleans(),
)


@given(JOURNEYS)
def test_it_comes_back_from_json(journey):
    """As it was, in the same order."""
    told = json.dumps(journey.to_dict(), allow_nan=False)
    assert Journey.from_dict(json.loads(told)) == journey


@given(BATCHES)
def test_a_batch_of_which_nothing_is_compared_comes_back_too(facts):
    """JSON has no number for a gain of no row, nor for what it is above."""
    unknown = Takeover(is_better=False, gain=math.nan, bound=-math.inf, reason="no rows")
    facts = replace(facts, takeover=unknown, compared_rows=0)
    back = BatchFacts.from_dict(json.loads(json.dumps(facts.to_dict(), allow_nan=False)))
    assert math.isnan(back.takeover.gain)
    assert back.takeover.bound == -math.inf


def test_a_delivery_is_known_as_far_as_it_was_learnt():
    """To some row, and then as a whole."""
    journey = Journey("s", 1)
    journey.note("a", 20, is_whole=False)
    assert (journey.taken, journey.whole) == ({"a": 20}, {})
    journey.note("a", 30, is_whole=True)
    assert (journey.taken, journey.whole) == ({}, {"a": None})


def test_it_does_not_grow_without_end(monkeypatch):
    """The oldest keys and batches are let go."""
    monkeypatch.setattr(journey_module, "_MOST_KEYS", 3)
    monkeypatch.setattr(journey_module, "_MOST_BATCHES", 2)
    journey = Journey("s", 1)
    for at in range(5):
        journey.note(f"k{at}", 1, is_whole=True)
        journey.add(at)
    assert list(journey.whole) == ["k2", "k3", "k4"]
    assert journey.history == [3, 4]
