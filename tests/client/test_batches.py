"""Records as bodies of requests."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.client.batches import batches, encoded
from keepfit.errors import RefusedError

VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
RECORDS = st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), max_size=40)


@given(RECORDS, st.integers(1, 12), st.integers(2, 400))
def test_nothing_is_lost_and_nothing_is_too_large(records, rows, size):
    """All records come in order, each body is within both limits, and no two neighbours would fit into one."""
    cut = list(batches(records, rows=rows, size=size))
    found = [json.loads(batch.body) for batch in cut]
    assert [record for part in found for record in part] == records
    assert [batch.first for batch in cut] == [0, *itertools.accumulate(batch.rows for batch in cut)][: len(cut)]
    for batch, part in zip(cut, found, strict=True):
        assert batch.rows == len(part) <= rows
        assert len(batch.body) <= size or batch.rows == 1
    for one, following in itertools.pairwise(cut):
        joined = len(one.body) + len(encoded(json.loads(following.body)[0])) + 1
        assert one.rows == rows or joined > size


def test_no_more_is_taken_than_the_next_body_needs():
    """A generator without an end can be cut."""
    taken = itertools.count()
    cut = batches(({"a": number} for number in taken), rows=3, size=1000)
    assert [json.loads(next(cut).body)[0]["a"] for _ in range(3)] == [0, 3, 6]
    assert next(taken) == 10


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.int64(3), 3),
        (np.float64(2.5), 2.5),
        (np.float32(2.5), 2.5),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.float64("nan"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (Decimal("1.50"), 1.5),
        (dt.date(2020, 1, 2), "2020-01-02"),
        (2**70, 2**70),
        ("größer", "größer"),
    ],
    ids=repr,
)
def test_values_of_others_are_plain(value, said):
    """Scalars of NumPy, what pandas has for a missing value, decimals and days."""
    assert json.loads(encoded({"a": value})) == {"a": said}


@pytest.mark.parametrize(
    "value",
    [np.array([1.0, 2.0]), object(), pd.Timestamp("2020-01-02"), {1, 2, object()}],
    ids=["array", "object", "timestamp", "set"],
)
def test_what_has_no_json_is_refused_by_its_field(value):
    """Each value that cannot be sent is named; nothing is guessed."""
    with pytest.raises(
        RefusedError, match=r"^b: it is not sent: a value of type .* has no JSON; and 1 more$"
    ) as caught:
        encoded({"a": 1, "b": value, "c": value})
    assert [(one.field, one.row) for one in caught.value.violations] == [("b", None), ("c", None)]
