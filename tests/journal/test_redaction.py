"""What of a record is kept."""

from __future__ import annotations

import json

import pytest

from keepfit.errors import ProjectError
from keepfit.journal.redaction import EVERYTHING, Redaction

SENT = '{"id": "anna", "age": 30, "income": null}'
FEATURES, NAMES = ("age", "income"), ("id", "cus_id")


def _redaction(sensitive, key=b"secret") -> Redaction:
    return Redaction(sensitive, FEATURES, NAMES, key)


def test_without_a_declaration_everything_is_kept_as_it_was_sent():
    """To the byte."""
    assert EVERYTHING.record(SENT) == _redaction({}, b"").record(SENT) == SENT
    assert EVERYTHING.entity("anna") == "anna"


def test_a_dropped_column_is_left_out():
    """Its name and its value; the others are as they were."""
    kept = _redaction({"age": "drop"}, b"")
    assert json.loads(kept.record(SENT)) == {"id": "anna", "income": None}
    assert (kept.dropped, kept.entity("anna")) == ({"age"}, "anna")


def test_what_lies_within_is_left_out_too():
    """The months of a history may name the same person, and hold the same columns."""
    sent = '{"id": "anna", "age": 30, "history": [{"id": "anna", "age": 29, "income": [1, {"age": 2}]}, null]}'
    kept = _redaction({"id": "drop", "age": "drop"}).record(sent)
    assert json.loads(kept) == {"history": [{"income": [1, {}]}, None]}


def test_a_person_is_kept_as_a_hash_that_needs_the_key():
    """The same person has the same hash, another key another one, and the record does not name him."""
    kept = _redaction({"id": "hash"})
    assert kept.entity("anna") == kept.entity("anna") != kept.entity("bert")
    assert kept.entity("anna") != _redaction({"id": "hash"}, b"other").entity("anna")
    assert "anna" not in kept.record(SENT) + kept.entity("anna")
    assert kept.entity(None) is None


def test_a_row_of_before_the_hash_is_named_as_later_ones_are():
    """A name becomes its hash, a hash stays what it is; and a key, or a policy, is told from another one."""
    kept = _redaction({"id": "hash"})
    assert kept.kept_now("anna") == kept.kept_now(kept.entity("anna")) == kept.entity("anna")
    assert (kept.kept_now(None), EVERYTHING.kept_now("anna")) == (None, "anna")
    policies = [EVERYTHING, kept, _redaction({"id": "hash"}, b"other"), _redaction({"id": "drop"})]
    assert len({one.naming for one in policies}) == 4
    assert kept.naming == _redaction({"id": "hash", "age": "drop"}).naming


def test_a_person_may_be_left_out():
    """By the name of the column or of the query parameter; to drop wins."""
    for sensitive in ({"id": "drop"}, {"cus_id": "drop"}, {"id": "hash", "cus_id": "drop"}):
        kept = _redaction(sensitive)
        assert kept.entity("anna") is None
        assert "anna" not in kept.record(SENT)


PANEL = {"id": 7, "age": 30, "history": [{"id": 7, "month": "2016-03", "card": 1, "loan": 0}, {"month": "2016-02"}]}


@pytest.mark.parametrize(
    ("sensitive", "kept"),
    [
        (
            {"card": "drop"},
            {"id": 7, "age": 30, "history": [{"id": 7, "month": "2016-03", "loan": 0}, {"month": "2016-02"}]},
        ),
        ({"month": "drop", "loan": "drop", "id": "drop"}, {"age": 30, "history": [{"card": 1}, {}]}),
        ({"id": "hash"}, {"age": 30, "history": [{"month": "2016-03", "card": 1, "loan": 0}, {"month": "2016-02"}]}),
        ({"history": "drop"}, {"id": 7, "age": 30}),
    ],
)
def test_the_months_before_lose_what_the_record_loses(sensitive, kept):
    """And whom they are about, where that is hashed or left out; they can be left out as a whole."""
    redaction = Redaction(sensitive, ("age", "month", "card", "loan", "history"), ("id",), b"secret")
    assert json.loads(redaction.record(json.dumps(PANEL))) == kept


def test_a_column_may_be_called_history():
    """Of a table that is no panel it is one like any other, whatever it holds."""
    redaction = Redaction({"age": "drop"}, ("age", "history"), ("id",), b"")
    assert redaction.record('{"age":1,"history":"good"}') == '{"history":"good"}'


@pytest.mark.parametrize(
    ("sensitive", "key", "said"),
    [
        ({"incme": "drop"}, b"", r'\[journal.sensitive\]: no such column "incme"; did you mean "income"'),
        ({"age": "hash"}, b"k", 'age = "hash": only whom a record is about can be hashed; age = "drop"'),
        ({"id": "hash"}, b"", "KEEPFIT_JOURNAL_KEY in the environment: hashes need a secret of 1 to 64 bytes"),
        ({"id": "hash"}, b"x" * 65, "hashes need a secret of 1 to 64 bytes"),
    ],
)
def test_what_cannot_be_followed_is_told(sensitive, key, said):
    """A name that there is not, a hash of a feature, a hash without a key."""
    with pytest.raises(ProjectError, match=said):
        _redaction(sensitive, key)
