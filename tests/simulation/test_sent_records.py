"""Rows of a table as records: what JSON has of them is what the door makes of the table."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from keepfit.scoring import history_door
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.simulation.sent_records import sent_records
from recommender_model import tiny_recommender

SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER, optional=True, minimum=0, maximum=90),
        Column("debt", Kind.NUMBER, optional=True, minimum=-5, maximum=5),
        Column("job", Kind.CATEGORY, optional=True, categories=("fixed", "other")),
        Column("owner", Kind.FLAG, optional=True),
        Column("since", Kind.DATE, optional=True, minimum=0, maximum=20000, format="%d-%m-%Y"),
        Column("past", Kind.INTEGER, optional=True, is_past=True),
    ),
    Outcome("y", "no", "yes"),
    entity="id",
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "age": st.none() | st.integers(0, 90),
            "debt": st.none() | st.just(float("nan")) | st.floats(-5, 5, width=32),
            "job": st.none() | st.sampled_from(["fixed", "other"]),
            "owner": st.none() | st.booleans(),
            "since": st.none() | st.dates(dt.date(1970, 1, 1), dt.date(2020, 1, 1)),
            "past": st.none() | st.integers(0, 1),
            "id": st.integers(0, 9),
        }
    ),
    min_size=1,
    max_size=8,
)
TYPES = {
    "age": pl.Int64,
    "debt": pl.Float64,
    "job": pl.String,
    "owner": pl.Boolean,
    "since": pl.Date,
    "past": pl.Int8,
    "id": pl.Int64,
}


@given(ROWS)
def test_a_record_says_what_its_row_says(rows):
    """Through JSON and the door; who it is about and the past are not told, and what is missing is null."""
    frame = pl.DataFrame(rows, schema=TYPES)
    made = list(sent_records(frame, SIGNATURE, {}))
    assert [[*record] for record in made] == [["age", "debt", "job", "owner", "since"]] * len(rows)
    door = history_door(replace(SIGNATURE, columns=SIGNATURE.sent_columns))
    asked = door.rows(json.loads(json.dumps(made, allow_nan=False)))
    np.testing.assert_array_equal(asked, door.table(frame))


@given(ROWS, st.floats(-3, 3))
def test_a_scaled_number_stays_of_its_kind(rows, factor):
    """A whole number stays whole; what was never below zero does not go there, and what was may."""
    made = list(sent_records(pl.DataFrame(rows, schema=TYPES), SIGNATURE, {"age": factor, "debt": factor}))
    for row, record in zip(rows, made, strict=True):
        if row["age"] is not None:
            assert type(record["age"]) is int
            assert record["age"] == max(round(row["age"] * factor), 0)
        if row["debt"] is not None and row["debt"] == row["debt"]:
            assert record["debt"] == row["debt"] * factor


def test_dates_are_written_as_requests_write_them():
    """By the first form that is declared; a panel's records have no column of the past."""
    dataset = tiny_recommender().dataset
    record = next(sent_records(dataset.frame[:1], dataset.signature, {}))
    assert dt.date.fromisoformat(record["month"]).isoformat() == record["month"]
    assert set(record) == {column.name for column in dataset.signature.columns if not column.is_past}
