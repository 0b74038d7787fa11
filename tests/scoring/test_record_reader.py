"""The quick reading of a request, held equal to the door."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.scoring import Door
from keepfit.scoring.record_reader import RecordReader
from keepfit.signature import Column, Kind, Outcome, Signature, label_text

SIGNATURE = Signature(
    (
        Column("Age", Kind.INTEGER, minimum=18, maximum=68),
        Column("Income at home", Kind.NUMBER, optional=False, minimum=-1.5, maximum=2.5),
        Column("Job", Kind.CATEGORY, categories=("fixed", "other"), spellings=(("FIXED", "fixed"),)),
        Column("Stars", Kind.CATEGORY, categories=("1", "2", "3"), missing_values=("0",)),
        Column("Owner", Kind.FLAG, optional=False),
        Column("Since", Kind.DATE, format="%d.%m.%Y"),
        Column("Height", Kind.NUMBER, missing_values=("-1",)),
        Column("Written", Kind.INTEGER, is_written_as_text=True),
    ),
    Outcome("y", "no", "yes"),
    entity="who",
)
RECORD = {
    "Age": 30,
    "Income at home": 1.5,
    "Job": "other",
    "Stars": 2,
    "Owner": True,
    "Since": "01.02.2020",
    "Height": -1,
    "Written": " 7",
    "who": "a-1",
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["fixed", "FIXED", "other", "1", "3", "", "castle", "01.02.2020", "2020-02-01", " 7", "seven", "a:b"]
    ),
    st.sampled_from([0, 1, 2, 3, -1, 1.0, 2.5, 1e300]),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
)
POLICIES = st.sampled_from(["accept", "clip", "reject"])
NAMES = [*SIGNATURE.names, "who", "other"]


def read(signature, body):
    return RecordReader(Door(signature)).read(body)


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=9), POLICIES, st.booleans(), st.booleans())
def test_what_is_read_quickly_is_what_the_door_says(changes, policy, accepts_unseen, is_complete):
    """A record that is read has the door's numbers to the last bit, its own text, and the door's entity."""
    columns = tuple(replace(column, out_of_range=policy) for column in SIGNATURE.columns)
    signature = replace(SIGNATURE, columns=columns, accepts_unseen=accepts_unseen)
    record = {**(RECORD if is_complete else {}), **changes}
    body = json.dumps(record).encode()
    found = read(signature, body)
    if found is None:
        return
    door = Door(signature)
    sent = msgspec.json.decode(body)
    assert found.row == door.row(sent).tobytes()
    whom = sent.get(signature.entity)
    assert found.entity == (None if whom is None else label_text(whom))
    assert found.sent == body.decode()


@pytest.mark.parametrize("left_out", [(), ("Age",), ("Age", "Job", "Stars", "Since", "Height", "Written", "who")])
def test_plain_records_are_read(left_out):
    """The usual record needs no door, whether its optional fields are null, absent or there."""
    absent = {name: value for name, value in RECORD.items() if name not in left_out}
    null = {name: None if name in left_out else value for name, value in RECORD.items()}
    assert read(SIGNATURE, json.dumps(absent).encode()).row == Door(SIGNATURE).row(absent).tobytes()
    assert read(SIGNATURE, json.dumps(null).encode()).row == Door(SIGNATURE).row(null).tobytes()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"Age": 30}',
        json.dumps(RECORD)[:-1].encode() + b', "Age": 31}',
        json.dumps({**RECORD, "Job": "castle"}).encode(),
        json.dumps({**RECORD, "Owner": None}).encode(),
        json.dumps({**RECORD, "who": ""}).encode(),
        json.dumps({**RECORD, "who": "a\0"}).encode(),
        json.dumps({**RECORD, "who": "a" * 201}).encode(),
        json.dumps({**RECORD, "who": True}).encode(),
        json.dumps(RECORD).replace("1.5", "NaN").encode(),
        json.dumps(RECORD).replace("1.5", "1e400").encode(),
        json.dumps(RECORD).encode() + b" " * 9000,
        json.dumps(RECORD).encode().replace(b"a-1", b"\xff"),
        json.dumps(RECORD).replace("a-1", "\\ud800").encode(),
        b"[" * 5000,
    ],
)
def test_what_is_not_plain_is_left_to_the_door(body):
    """A fault, a key twice, blanks without end: all these are not read, and nothing is raised."""
    assert read(SIGNATURE, body) is None


def test_a_key_twice_is_noticed_though_another_is_absent():
    """A record whose keys number as many as the columns, one of them twice, is not read."""
    record = {name: value for name, value in RECORD.items() if name != "Job"}
    body = json.dumps(record)[:-1].encode() + b', "Age": 31}'
    assert read(SIGNATURE, body) is None


@pytest.mark.parametrize("name", ["entity", 'a "b" c', "a\\b", "a\tb", "größe", "f0"])
def test_any_column_name_can_be_served(name):
    """A column called as it may be is read like the door reads it, or left to the door."""
    signature = Signature((Column(name, Kind.INTEGER),), SIGNATURE.outcome)
    found = read(signature, json.dumps({name: 5}).encode())
    assert found is None or found.row == Door(signature).row({name: 5}).tobytes()


def test_a_project_without_an_entity_takes_none():
    """A key that is called entity is no column, and left to the door, which refuses it."""
    signature = Signature((Column("Age", Kind.INTEGER),), SIGNATURE.outcome)
    assert read(signature, b'{"Age": 30, "entity": 5}') is None
