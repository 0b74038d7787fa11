"""A panel's table at the door: what its rows are refused for, and what it need not tell."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from keepfit.errors import DatasetError, RecordError
from keepfit.ownership import history_names
from keepfit.scoring import Door
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_door import TableDoor
from keepfit.signature import Signature
from recommender_model import PRODUCTS, record, tiny_recommender


@pytest.fixture(scope="module")
def signature() -> Signature:
    return tiny_recommender().dataset.signature


IMPOSSIBLE = [
    ({"month": "28-12-2999"}, "month", '"28-12-2999" cannot be: it is in the future, or after the day of the record'),
    ({"joined": "29-12-2015"}, "joined", '"29-12-2015" cannot be: it is in the future, or after the day of the record'),
    ({"card": 2}, "card", "2 is neither 0 nor 1"),
]


@pytest.mark.parametrize(("changes", "field", "said"), IMPOSSIBLE)
def test_a_table_refuses_what_a_record_is_refused_for(signature, changes, field, said):
    """With its row and its column; rows that are in order stay so."""
    rows = [record(), record(**changes), record()]
    frame = pl.DataFrame(rows)
    table = TableDoor(signature, frame.schema)
    cells = table.cells(frame)
    encoded = table.encoded(cells, frame.height)
    told = Refusals(signature).table(table.refused(frame, cells, encoded.wrong))
    assert told.rows() == [(1, field, said)]
    with pytest.raises(RecordError, match=f"^{field}: "):
        Door(signature).row(rows[1])
    with pytest.raises(RecordError) as caught:
        Door(signature).table(frame.with_columns(**dict.fromkeys(history_names(PRODUCTS, (1, 2)), pl.lit(None))))
    assert [(one.row, one.field) for one in caught.value.violations] == [(1, field)]


def test_a_day_of_a_type_of_dates_is_refused_in_the_same_words(signature):
    """As a request would write it."""
    frame = pl.DataFrame([record(month=dt.date(2999, 12, 28))])
    table = TableDoor(signature, frame.schema)
    cells = table.cells(frame)
    refused = table.refused(frame, cells, table.encoded(cells, 1).wrong)
    assert Refusals(signature).table(refused)["reason"].to_list() == [
        IMPOSSIBLE[0][2].replace("28-12-2999", "2999-12-28")
    ]


def test_a_table_need_not_tell_the_past(signature):
    """What is made of it is no column that is absent; one that is sent is."""
    frame = pl.DataFrame([record()])
    assert TableDoor(signature, frame.schema).absent == ()
    assert TableDoor(signature, frame.drop("city").schema).absent == ("city",)
    with pytest.raises(DatasetError, match="month: no such column"):
        TableDoor(signature, frame.drop("month").schema)
