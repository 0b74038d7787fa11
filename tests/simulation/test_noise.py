"""Labels with a declared share of agreement."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.client import Answer
from keepfit.errors import ServiceError
from keepfit.signature import Outcome
from keepfit.simulation import noisy_labels

OUTCOME = Outcome("Status", "bad", "good")


def answers(decisions) -> list[Answer]:
    return [Answer(str(at), "1", {"probability": 0.5, "decision": decision}) for at, decision in enumerate(decisions)]


@given(st.lists(st.sampled_from(OUTCOME.labels), max_size=60), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_exactly_the_declared_share_agrees(decisions, accuracy, seed):
    """The rounded share of the labels agrees with the decision, the others are the other label, a seed repeats."""
    made = noisy_labels(answers(decisions), OUTCOME, accuracy, np.random.default_rng(seed))
    assert len(made) == len(decisions)
    assert set(made) <= set(OUTCOME.labels)
    agreeing = sum(label == decision for label, decision in zip(made, decisions, strict=True))
    assert agreeing == round(accuracy * len(decisions))
    assert made == noisy_labels(answers(decisions), OUTCOME, accuracy, np.random.default_rng(seed))


def test_which_labels_agree_is_drawn():
    """Another seed agrees elsewhere."""
    given_answers = answers(["good"] * 100)
    first, second = (noisy_labels(given_answers, OUTCOME, 0.5, np.random.default_rng(seed)) for seed in (1, 2))
    assert first != second


def test_another_projects_decision_is_told():
    """A decision that is neither label is no label to turn around."""
    with pytest.raises(
        ServiceError, match='decided "sick", which is no Status: it serves another project; accepted: bad'
    ):
        noisy_labels(answers(["good", "sick"]), OUTCOME, 0.5, np.random.default_rng(0))
