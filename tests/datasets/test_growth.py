"""A signature that grows: more is seen, and nothing that was known changes its meaning."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import extend_signature
from keepfit.signature import Column, Kind, Outcome, Signature

AGE = Column("Age", Kind.INTEGER, False, 18.0, 68.0, description="Age in years.")
INCOME = Column("Income", Kind.NUMBER, True, 6.5, 959.0)
HOME = Column("Home", Kind.CATEGORY, True, categories=("rent", "owner"))
KNOWN = Column("Known", Kind.FLAG)
SIGNATURE = Signature((AGE, INCOME, HOME, KNOWN), Outcome("Status", "bad", "good"), "id", accepts_unseen=True)

records = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "Age": st.none() | st.integers(0, 100),
            "Income": st.none() | st.just(math.nan) | st.floats(0, 2000),
            "Home": st.none() | st.sampled_from(["rent", "owner", "parents", "boat", "cave"]),
            "Known": st.none() | st.booleans(),
            "Other": st.integers(),
        },
    ),
    max_size=8,
)


def facts(signature: Signature) -> dict:
    """Return what a signature says apart from the order of the codes."""
    return {column.name: (column.minimum, column.maximum, frozenset(column.categories)) for column in signature.columns}


@given(records)
def test_a_signature_only_grows(learnt):
    """Ranges widen, known categories keep their codes, new ones follow in sorted order, all else stays."""
    grown = extend_signature(SIGNATURE, learnt)
    assert replace(grown, columns=()) == replace(SIGNATURE, columns=())
    for before, after in zip(SIGNATURE.columns, grown.columns, strict=True):
        same = {"minimum": before.minimum, "maximum": before.maximum, "categories": before.categories}
        assert replace(after, **same) == before
        assert after.categories[: len(before.categories)] == before.categories
        new = after.categories[len(before.categories) :]
        assert list(new) == sorted(set(new) - set(before.categories))
        if before.kind.is_numeric:
            assert after.minimum <= before.minimum
            assert after.maximum >= before.maximum


@given(records)
def test_what_was_learnt_is_known(learnt):
    """Every value of the records lies in the grown ranges and vocabularies."""
    grown = {column.name: column for column in extend_signature(SIGNATURE, learnt).columns}
    for record in learnt:
        for name in ("Age", "Income"):
            value = record.get(name)
            if value is not None and not math.isnan(value):
                assert grown[name].minimum <= value <= grown[name].maximum
        assert record.get("Home") in {None, *grown["Home"].categories}


@given(records, records)
def test_steps_add_up(first, second):
    """Learning in two steps gives the ranges and the words of learning at once; learning again adds nothing."""
    stepwise = extend_signature(extend_signature(SIGNATURE, first), second)
    assert facts(stepwise) == facts(extend_signature(SIGNATURE, [*first, *second]))
    assert extend_signature(stepwise, [*first, *second]) == stepwise


@pytest.mark.parametrize("learnt", [[], [{}], [{"Age": None, "Home": None, "Known": True}], [{"Income": math.nan}]])
def test_nothing_new_changes_nothing(learnt):
    """Records that hold no value of a column leave it as it was."""
    assert extend_signature(SIGNATURE, learnt) == SIGNATURE


def test_new_values_are_in_the_signature():
    """A wider range and two new words stand where they belong, as the type that the signature has."""
    grown = extend_signature(
        SIGNATURE, [{"Age": 17, "Income": 1000, "Home": "parents"}, {"Age": 30, "Home": "boat"}, {"Home": "rent"}]
    )
    assert grown.columns == (
        replace(AGE, minimum=17.0),
        replace(INCOME, maximum=1000.0),
        replace(HOME, categories=("rent", "owner", "boat", "parents")),
        KNOWN,
    )
    assert isinstance(grown.columns[0].minimum, float)


def test_what_a_word_stands_for_is_learnt():
    """Another spelling of a word for missing is no category; -1.0 is no category where -1 means no value."""
    job = Column(
        "Job", Kind.CATEGORY, categories=("boss",), missing_values=("unknown", "-1"), spellings=(("unk", "unknown"),)
    )
    signature = Signature((job,), SIGNATURE.outcome)
    grown = extend_signature(signature, [{"Job": sent} for sent in ("unk", "unknown", -1.0, "clerk", True)])
    assert grown.columns[0].categories == ("boss", "clerk", "true")


def test_days_widen_a_range():
    """Dates as they were sent; blanks, words for missing and nothing at all widen nothing."""
    joined = Column("Joined", Kind.DATE, True, 16919.0, 16919.0, missing_values=("never",), format="%d-%m-%Y")
    signature = Signature((joined,), SIGNATURE.outcome)
    sent = ["29-04-2016", "never", "", None, "27-04-2016"]
    grown = extend_signature(signature, [{"Joined": value} for value in sent])
    assert grown.columns == (replace(joined, minimum=16918.0, maximum=16920.0),)
