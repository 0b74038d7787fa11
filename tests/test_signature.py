"""The words that every room speaks in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.signature import Column, Kind, Outcome, Signature, label_text

texts = st.text(min_size=1, max_size=8)
numbers = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
columns = st.builds(
    Column,
    texts,
    st.sampled_from(Kind),
    st.booleans(),
    numbers,
    numbers,
    st.lists(texts).map(tuple),
    texts,
    st.lists(texts).map(tuple),
    st.lists(st.tuples(texts, texts)).map(tuple),
    st.booleans(),
    label=texts,
)
signatures = st.builds(
    Signature,
    st.lists(columns, max_size=4).map(tuple),
    st.builds(Outcome, texts, texts, texts),
    st.one_of(st.none(), texts),
    st.booleans(),
)


@given(signatures)
def test_a_signature_survives_json(signature):
    """Written into a bundle and read back it is the same."""
    assert Signature.from_dict(json.loads(json.dumps(signature.to_dict()))) == signature


@pytest.mark.parametrize(
    ("sent", "text"),
    [("good", "good"), (1, "1"), (1.0, "1"), ("1", "1"), (2.5, "2.5"), (True, "true"), (False, "false")],
)
def test_a_label_is_the_text_that_names_its_class(sent, text):
    """1, 1.0 and "1" are one class; true is "true"."""
    assert label_text(sent) == text


def test_a_label_has_a_code():
    """0 is the negative class, 1 the positive one, None neither."""
    outcome = Outcome("y", "0", "1")
    assert outcome.labels == ("0", "1")
    assert [outcome.code(label) for label in (0, 1.0, "1", "maybe", True)] == [0, 1, 1, None, None]


def test_a_signature_of_before_is_read():
    """A bundle from before a key was there is read with what it meant then."""
    signature = Signature((Column("Age", Kind.INTEGER, minimum=18.0, maximum=68.0),), Outcome("y", "0", "1"))
    facts = signature.to_dict()
    for key in ("is_written_as_text", "label", "missing_values", "spellings"):
        del facts["columns"][0][key]
    assert Signature.from_dict(facts) == signature


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("lone", ', found "lone"; there is no product "lone", did you mean "loan"?'),
        ("card, lone", ', found "card, lone"; there is no product "lone", did you mean "loan"?'),
        ("nothing,card", 'there is no product "nothing", accepted: card, loan'),
        ("nothin", 'there is no product "nothin", did you mean "nothing"?'),
        ("card,", 'there is no product "", accepted: card, loan'),
        (2, ', found 2; there is no product "2", accepted: nothing, something, card, loan'),
    ],
)
def test_a_list_of_products_that_is_no_label_names_the_odd_one(label, said):
    """With the nearest that there is."""
    outcome = Outcome("added", "nothing", "something", products=("card", "loan"))
    assert outcome.written(label) is None
    assert outcome.fault(label).startswith(f"expected {outcome.accepted}, found ")
    assert outcome.fault(label).endswith(said)


@pytest.mark.parametrize(("label", "found"), [("perhaps", '"perhaps"'), (2.5, "2.5"), (True, "true"), ('"', '"\\""')])
def test_a_label_of_neither_class_is_told_with_both(label, found):
    """As it was sent."""
    assert Outcome("y", "bad", "good").fault(label) == f'expected "bad" or "good", found {found}'


PRODUCTS = ("card", "loan", "plan")
ADDED = Outcome("added", "nothing", "something", products=PRODUCTS)


@given(st.lists(st.sampled_from(PRODUCTS), min_size=1), st.sampled_from(["", " ", "\t"]))
def test_a_list_of_products_is_written_once_for_all(listed, blank):
    """Each product once, in the order in which it came; written again it is the same, and it is the positive class."""
    written = ADDED.written(f",{blank}".join(listed))
    assert written == ",".join(dict.fromkeys(listed))
    assert ADDED.written(written) == written
    assert ADDED.code(written) == 1


@pytest.mark.parametrize("label", ["", "car", "card,", "card,car", "nothing,card", 1, None, True])
def test_what_lists_anything_else_is_no_label(label):
    """Neither class, and not a product."""
    assert ADDED.written(label) is None
    assert ADDED.code(label) is None


def test_what_a_label_may_be_is_said_in_words():
    """The two classes; of a recommender products too."""
    assert ADDED.accepted == '"nothing" or "something" or products, as in "card,loan"'
    assert Outcome("y", "no", "yes").accepted == '"no" or "yes"'
