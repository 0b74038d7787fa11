"""Seals: what their digests depend on, and what they tell of nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from keepfit.errors import JournalError
from keepfit.journal.chain import FIRST, LONGEST_KEY, Chain, Seal, commitment, commitments, content

SEAL = Seal(3, 1_700_000_000_000_000, "predictions", 11, 20, b"c" * 32, is_keyed=False)
ROWS = [
    {
        "id": f"id{at}",
        "at_microseconds": at,
        "project": "credit",
        "model_version": 1,
        "probability": at / 8,
        "decision": "good",
        "duration_seconds": 0.5,
        "commitment": bytes([at]) * 32,
    }
    for at in range(4)
]


@pytest.mark.parametrize(
    "change",
    [
        {"number": 4},
        {"at_microseconds": 1_700_000_000_000_001},
        {"kind": "labels"},
        {"first_seq": 12},
        {"last_seq": 21},
        {"content": b"d" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_seal_depends_on_all_that_it_says(change):
    """Another value of any of it has another digest."""
    assert replace(SEAL, **change).digest(FIRST, b"") != SEAL.digest(FIRST, b"")


def test_a_seal_depends_on_the_one_before_and_on_the_key():
    """The same words after another seal, or with another key, have another digest; each is 32 bytes."""
    digests = {SEAL.digest(before, key) for before in (FIRST, b"x" * 32) for key in (b"", b"k", b"kk")}
    assert len(digests) == 6
    assert {len(one) for one in digests} == {32}


@given(order=st.permutations(range(4)), key=st.binary(max_size=LONGEST_KEY))
def test_a_content_depends_on_the_order_of_its_rows(order, key):
    """Rows in another order have another content, the same ones the same."""
    assert (content("predictions", [ROWS[at] for at in order], key) == content("predictions", ROWS, key)) is (
        order == sorted(order)
    )


@pytest.mark.parametrize("column", ROWS[0])
def test_a_content_depends_on_every_column(column):
    """A change of any value of a row is seen."""
    changed = [{**ROWS[0], column: b"other" if column == "commitment" else 77}, *ROWS[1:]]
    assert content("predictions", changed, b"") != content("predictions", ROWS, b"")


def test_who_a_label_was_matched_with_is_not_sealed():
    """A label of an entity is sealed as it was said: which prediction it belongs to is found later."""
    said = {"project": "credit", "label": "bad", "at_microseconds": 1, "commitment": b"c" * 32}
    named = [{**said, "as_of_microseconds": 5, "prediction_id": found} for found in ("", "id1")]
    by_id = [{**said, "as_of_microseconds": None, "prediction_id": found} for found in ("id0", "id1")]
    assert len({content("labels", [row], b"") for row in named}) == 1
    assert len({content("labels", [row], b"") for row in by_id}) == 2


@given(entity=st.none() | st.text(), sent=st.text())
def test_a_commitment_is_of_its_salt(entity, sent):
    """Twice the same person has two salts and two commitments, each the digest with its salt."""
    (first, second) = commitments([(entity, sent), (entity, sent)])
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert all(commitment(salt, (entity, sent)) == told for salt, told in (first, second))


def test_a_key_that_is_too_long_is_told():
    """BLAKE2b takes 64 bytes."""
    Chain(sqlite.dialect(), b"k" * LONGEST_KEY)
    with pytest.raises(JournalError, match="KEEPFIT_JOURNAL_KEY: the key has 65 bytes; at most 64 are taken"):
        Chain(sqlite.dialect(), b"k" * (LONGEST_KEY + 1))
