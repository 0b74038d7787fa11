"""From the door's numbers back to words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.scoring import Door
from keepfit.scoring.words import word
from keepfit.signature import Column, Kind, Outcome, Signature

COLUMNS = {
    "n": Column("n", Kind.NUMBER),
    "i": Column("i", Kind.INTEGER),
    "c": Column("c", Kind.CATEGORY, categories=("rent", "owner")),
    "f": Column("f", Kind.FLAG),
    "d": Column("d", Kind.DATE, format="%d-%m-%Y"),
}
DOOR = Door(Signature(tuple(COLUMNS.values()), Outcome("y", "no", "yes"), accepts_unseen=True))
records = st.fixed_dictionaries(
    {
        "n": st.one_of(st.none(), st.floats(-1e6, 1e6, width=32)),
        "i": st.one_of(st.none(), st.integers(-(2**24), 2**24)),
        "c": st.sampled_from([None, "rent", "owner"]),
        "f": st.sampled_from([None, True, False]),
        "d": st.one_of(st.none(), st.dates().map(lambda day: f"{day.day:02}-{day.month:02}-{day.year:04}")),
    }
)


@given(records)
def test_a_word_goes_through_the_door_to_the_same_number(record):
    """What the door made of a record is said so that the door makes the same of it."""
    row = DOOR.row(record)
    said = {name: word(column, code) for (name, column), code in zip(COLUMNS.items(), row[0].tolist(), strict=True)}
    np.testing.assert_array_equal(DOOR.row(said), row)
    assert {name: said[name] for name in "icfd"} == {name: record[name] for name in "icfd"}


@pytest.mark.parametrize(
    ("column", "code", "said"),
    [("n", np.float32(0.1), 0.1), ("i", 3.0, 3), ("c", 2.0, None), ("c", float("nan"), None), ("f", 1.0, True)],
)
def test_a_number_is_said_as_it_was_meant(column, code, said):
    """The shortest number of float32 precision; of a category outside of the vocabulary there is no word."""
    found = word(COLUMNS[column], float(code))
    assert (found, type(found)) == (said, type(said))
