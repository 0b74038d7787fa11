"""The quick reading of a journal's records, held equal to the history door."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.errors import RecordError
from keepfit.scoring import HistoryReader, history, history_door
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("Age", Kind.INTEGER, minimum=18, maximum=68, aliases=("years",)),
        Column("Income at home", Kind.NUMBER, optional=False, minimum=-1.5, maximum=2.5),
        Column("Job", Kind.CATEGORY, categories=("fixed", "other"), spellings=(("FIXED", "fixed"),)),
        Column("Stars", Kind.CATEGORY, categories=("1", "2", "3"), missing_values=("0",)),
        Column("Owner", Kind.FLAG, optional=False),
        Column("Since", Kind.DATE, format="%Y%m%d"),
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
    "Since": "20200201",
    "Height": -1,
    "Written": " 7",
    "who": "a-1",
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["fixed", "FIXED", "other", "1", "3", "", "castle", "20200201", " 7", "seven", "a:b", "\ud800"]),
    st.sampled_from([0, 1, 2, 3, -1, 1.0, -0.0, 2.5, 1e300, 2**53 + 1, float(2**53), 20200201, 20200201.0, 10**400]),
    st.sampled_from([np.finfo(np.float32).max.item(), int(np.finfo(np.float32).max) + 1]),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
)
NAMES = st.sampled_from([*SIGNATURE.names, "who", "years", "other"])
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=3)  # a name may come twice
SPACES = st.sampled_from([", ", ","])


def written(pairs, space=", "):
    """Return the text of an object with these keys, in this order."""
    return "{" + space.join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs) + "}"


def said_by_the_door(signature, texts):
    """Return the door's numbers, or the violations that it found, or that a text is none."""
    try:
        return history_door(signature).rows([msgspec.json.decode(text) for text in texts])
    except RecordError as error:
        return error.violations
    except (msgspec.MsgspecError, UnicodeError):
        return "no text"


def said_by_the_reader(reader, texts):
    try:
        return reader.matrix(texts)
    except RecordError as error:
        return error.violations
    except (msgspec.MsgspecError, UnicodeError):
        return "no text"


def assert_same(found, expected):
    assert type(found) is type(expected), (found, expected)
    if isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    else:
        assert found == expected


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.booleans(), PAIRS, SPACES), max_size=6), st.sampled_from(["accept", "clip", "reject"]))
def test_what_is_read_quickly_is_what_the_door_says(drawn, policy):
    """Whatever a record holds, its numbers are the door's, and so are the reasons for which it is refused."""
    columns = tuple(replace(column, out_of_range=policy) for column in SIGNATURE.columns)
    signature = replace(SIGNATURE, columns=columns)
    texts = [written([*(RECORD.items() if is_whole else ()), *pairs], space) for is_whole, pairs, space in drawn]
    reader = HistoryReader(signature)
    for some in (texts, *([text] for text in texts), texts):  # once alone each, and with what it has kept by then
        expected, found = said_by_the_door(signature, some), said_by_the_reader(reader, some)
        assert_same(found, expected)


@pytest.mark.parametrize(
    "pairs",
    [
        [("Age", 2.5)],
        [("Age", 2**60)],
        [("Age", 1e39)],
        [("Age", "30"), ("Age", 30)],
        [("Age", 30), ("Age", "30")],
        [("Age", None), ("years", 30)],
        [("Income at home", int(np.finfo(np.float32).max) + 1)],
        [("Job", 1)],
        [("Job", True)],
        [("Stars", 1), ("Stars", 1.0)],
        [("Stars", True)],
        [("Since", 20200201), ("Since", 20200201.0)],
        [("Since", 20200201.0)],
        [("Owner", 1)],
        [("Height", -1.0)],
        [("Height", "-1")],
        [("Written", 7.5)],
        [("Written", "seven")],
        [("who", {"a:b": [1, {}]})],
        [("other", None)],
    ],
    ids=str,
)
def test_traps(pairs):
    """What is nearly plain is judged as the door judges it, though an equal value was read before."""
    before = [json.dumps({**RECORD, "Since": 20200201, "Stars": 1, "Owner": True, "Written": 7})]
    texts = [*before, written([*RECORD.items(), *pairs]), *before]
    expected, found = said_by_the_door(SIGNATURE, texts), said_by_the_reader(HistoryReader(SIGNATURE), texts)
    assert_same(found, expected)


PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "Age": st.none() | st.integers(-(2**53), 2**53),
        "Income at home": st.none() | st.floats(-1e30, 1e30) | st.integers(-(10**25), 10**25),
        "Job": st.none() | st.sampled_from(["fixed", "FIXED", "other", "castle"]) | st.text(max_size=3),
        "Stars": st.none() | st.sampled_from(["1", 3, 0, "0", 4]),
        "Owner": st.none() | st.booleans(),
        "Since": st.none() | st.sampled_from(["20200201", 20200201, " "]),
        "Height": st.none() | st.integers(-2, 2) | st.floats(-2, 2),
        "Written": st.none() | st.sampled_from([" 7", 7, 7.0]),
        "who": st.none() | st.text(max_size=3) | st.integers(),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=20))
def test_what_the_door_takes_is_read(records):
    """Records that may be in a journal have the door's numbers, in every mixture of keys that are there or not."""
    texts = [json.dumps(record) for record in records]
    expected = history_door(SIGNATURE).rows([msgspec.json.decode(text) for text in texts])
    np.testing.assert_array_equal(HistoryReader(SIGNATURE).matrix(texts), expected)


@pytest.fixture
def no_door(monkeypatch):
    """Fail where the door is asked."""
    monkeypatch.setattr("keepfit.scoring.door.Door.rows", lambda *_: pytest.fail("the door was asked"))


@pytest.mark.parametrize(
    "changes",
    [{}, {"Job": "castle"}, {"Age": None}, {"Age": 30.0}, {"Stars": "9"}, {"who": 7}, {"Written": None}],
    ids=str,
)
def test_plain_records_need_no_door(no_door, changes):
    """The usual record, one with an unseen category, a null or a whole number as `30.0`: none of them is slow."""
    texts = [json.dumps({**RECORD, **changes}), json.dumps({name: RECORD[name] for name in ("Age", "Job")})] * 400
    assert HistoryReader(SIGNATURE).matrix(texts).shape == (800, 8)


def test_the_rows_of_violations_are_those_of_the_whole():
    """A record with a column that the signature has not is refused by its place, wherever reading begins anew."""
    texts = [json.dumps(RECORD)] * (history._TEXTS_AT_ONCE + 3)
    texts[-1] = json.dumps({**RECORD, "Debt": 5})
    with pytest.raises(RecordError, match=r"^row 502, Debt: no such column"):
        HistoryReader(SIGNATURE).matrix(texts)


def test_no_records_are_no_rows():
    """An empty window has its columns all the same."""
    assert HistoryReader(SIGNATURE).matrix(()).shape == (0, 8)


@pytest.mark.parametrize("name", ["entity", 'a "b" c', "a\\b", "a\tb", "größe", "f0", "a:b"])
def test_any_column_name_can_be_read(name):
    """A column called as it may be is read like the door reads it."""
    signature = Signature((Column(name, Kind.INTEGER), Column("f1", Kind.NUMBER)), SIGNATURE.outcome)
    texts = [json.dumps({name: 5}), json.dumps({name: None, "f1": 2.5}), "{}"]
    expected = history_door(signature).rows([json.loads(text) for text in texts])
    np.testing.assert_array_equal(HistoryReader(signature).matrix(texts), expected)


@pytest.mark.parametrize("other", ["f0", "entity", "Age "])
def test_a_name_of_ours_is_no_column(other):
    """How fields are called within the reader is nobody's business."""
    signature = Signature((Column("Age", Kind.INTEGER),), SIGNATURE.outcome)
    with pytest.raises(RecordError, match="no such column"):
        HistoryReader(signature).matrix([json.dumps({other: 5})])
