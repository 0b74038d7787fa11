"""The door of a panel: a record with its history is the row of the table that training saw."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.clock import utc_now
from keepfit.datasets import SourcedTable, prepare_panel
from keepfit.datasets.source import Origin
from keepfit.errors import RecordError
from keepfit.ownership import history_names
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.project.panel_section import PanelSection
from keepfit.scoring import Door, HistoryReader, history_door
from keepfit.scoring.record_reader import RecordReader
from keepfit.scoring.table_door import TableDoor
from keepfit.signature import Signature
from recommender_model import MONTHS, PRODUCTS, panel, record, records_with_history, tiny_recommender

FORMS = "%Y-%m-%d|%d-%m-%Y"
OTHER_FORM = {month: "-".join(reversed(month.split("-"))) for month in MONTHS}


@pytest.fixture(scope="module")
def signature() -> Signature:
    return tiny_recommender().dataset.signature


@pytest.fixture(scope="module")
def door(signature) -> Door:
    return Door(signature)


def refusal(door: Door, asked) -> str:
    with pytest.raises(RecordError) as caught:
        door.row(asked)
    return str(caught.value)


def test_a_record_with_its_history_is_the_row_that_training_saw(door):
    """The law of the door, for every row of the panel that taught or judged: bit by bit."""
    frame = tiny_recommender().dataset.frame
    kept = {(row["who"], row["month"]) for row in frame.select("who", "month").to_dicts()}
    records = [one for one in records_with_history(panel()) if (one["who"], one["month"]) in kept]
    found = door.rows(records)
    np.testing.assert_array_equal(found, door.table(frame))
    np.testing.assert_array_equal(found, np.concatenate([door.row(one) for one in records]))


@st.composite
def panels(draw):
    """Return a small panel: gaps between months, rows in any order, products as flags, texts or nothing."""
    written = st.sampled_from([0, 1, None]), st.sampled_from(["0", " 1", " NA", "1", None])
    forms = {name: draw(st.sampled_from(written)) for name in ("card", "loan")}
    places = [(who, month) for who in range(draw(st.integers(1, 3))) for month in MONTHS[:6]]
    kept = draw(st.lists(st.sampled_from(places), unique=True, min_size=1))
    always = [(9, month) for month in MONTHS[:6]]  # so that there is no gap of the whole panel, and something to learn
    rows = [
        {"who": who, "month": month, "age": who + 20, **{name: draw(form) for name, form in forms.items()}}
        for who, month in draw(st.permutations([*kept, *always]))
    ]
    for row in rows:
        if row["who"] == 9:
            flag = int(row["month"] > MONTHS[0])
            row |= {name: str(flag) if form is written[1] else flag for name, form in forms.items()}
    types = {name: pl.String if form is written[1] else pl.Int64 for name, form in forms.items()}
    return pl.DataFrame(rows, schema_overrides=types)


def prepared(frame: pl.DataFrame):
    table = SourcedTable(frame, "t.csv", Origin.FILE, "t.csv", Path("t.csv"), "0" * 64)
    section = PanelSection(month="month", products=["card", "loan"], hold_from=MONTHS[4][:7], lags=[1, 3])
    data = DataSection(source="t.csv", target="added", entity="who")
    return prepare_panel(table, data, section, RequestSection(missing="accept"))


@settings(max_examples=60)
@given(panels())
def test_training_equals_serving_of_any_panel(frame):
    """Whatever is missing and in whatever order the rows are; also where the history is told backwards."""
    dataset = prepared(frame)
    door = Door(dataset.signature)
    rows = frame.to_dicts()
    past = {
        (one["who"], one["month"]): [
            {name: other[name] for name in ("month", "card", "loan")}
            for other in reversed(rows)
            if other["who"] == one["who"] and other["month"] < one["month"]
        ]
        for one in rows
    }
    matrix = door.table(dataset.frame)
    for at, row in enumerate(dataset.frame.select(frame.columns).to_dicts()):
        asked = {**row, "history": past[row["who"], row["month"]]}
        np.testing.assert_array_equal(door.row(asked)[0], matrix[at])


@settings(max_examples=40)
@given(panels())
def test_a_table_without_its_past_is_records_without_a_history(frame):
    """Each row for itself, in every way that a table is read."""
    dataset = prepared(frame)
    door = Door(dataset.signature)
    bare = dataset.frame.select(frame.columns)
    expected = door.rows(bare.to_dicts())
    table = TableDoor(dataset.signature, bare.schema)
    encoded = table.encoded(table.cells(bare), bare.height)
    assert not encoded.wrong
    np.testing.assert_array_equal(encoded.matrix, expected)


def test_the_months_that_an_answer_counts_are_those_of_its_column(door, signature):
    """Of each record of the panel; a model of one outcome looks at none."""
    at = signature.names.index("months_known")
    for one in records_with_history(panel(customers=5)):
        assert door.months_known(one) == door.row(one)[0][at]
    assert Door(replace(signature, columns=signature.sent_columns, offers=None)).months_known(record()) == 0


def test_a_month_of_another_customer_is_refused(door):
    """By its place; the customer's own may be named."""
    door.row(record(history=[{"month": "28-11-2015", "who": 7}]))
    said = "history[0].who: is of another customer"
    assert refusal(door, record(history=[{"month": "28-11-2015", "who": 8}])) == said


def test_without_a_history_only_the_present_is_known(door, signature):
    """What is owned is counted; how it was before is not known, and nothing is made up."""
    told = dict(zip(signature.names, door.row(record(card=1, plan=1))[0].tolist(), strict=True))
    assert (told["products_owned"], told["months_known"]) == (2, 0)
    rest = [told[name] for name in history_names(PRODUCTS, (1, 2))[2:]]
    assert np.isnan(rest).all()
    for absent in (None, []):
        np.testing.assert_array_equal(door.row(record(history=absent)), door.row(record()))


def test_a_history_says_what_was_owned_and_when_it_came(door, signature):
    """A loan two months ago, none a month ago; the card is a month old."""
    before = [{"month": "28-11-2015", "card": 0, "loan": 0}, {"month": "2015-10-28", "loan": 1}]
    told = dict(zip(signature.names, door.row(record(history=before))[0].tolist(), strict=True))
    assert (told["owned_1_ago__loan"], told["owned_2_ago__loan"], told["owned_1_ago__card"]) == (0, 1, 0)
    assert (told["months_since_added__card"], told["months_since_dropped__loan"]) == (0, 1)
    assert told["months_known"] == 2


def test_over_a_gap_of_the_history_nothing_is_known_to_have_changed(door, signature):
    """It is a gap, and no fault: what is known is taken."""
    told = dict(zip(signature.names, door.row(record(history=[{"month": "28-10-2015"}]))[0].tolist(), strict=True))
    assert told["owned_2_ago__card"] == 0
    assert np.isnan([told["owned_1_ago__card"], told["months_since_added__card"]]).all()


def test_days_of_either_form_are_the_same(door):
    """Of the record, of the day since which somebody is a customer, and of the history."""
    months = MONTHS[3:6]
    iso = record(month=MONTHS[6], joined="2010-03-01", history=[{"month": month, "card": 1} for month in months])
    other = record(
        month=OTHER_FORM[MONTHS[6]],
        joined="01-03-2010",
        history=[{"month": OTHER_FORM[month], "card": 1} for month in months],
    )
    np.testing.assert_array_equal(door.row(iso), door.row(other))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"joined": "29-12-2015"}, "joined: 2015-12-29 is after 2015-12-28, the day of the record (month)"),
        ({"joined": "2015-12-29"}, "joined: 2015-12-29 is after 2015-12-28, the day of the record (month)"),
        ({"month": "28-12-2999"}, "month: 2999-12-28 lies in the future"),
        ({"month": "12/28/2015"}, 'month: expected a date such as 2015-07-28 (%Y-%m-%d|%d-%m-%Y), found "12/28/2015"'),
        ({"month": None}, "month: is missing; expected a date"),
        ({"card": 2}, "card: 2 is neither 0 nor 1"),
        ({"card": "yes"}, 'card: expected a whole number, found "yes"'),
        ({"kard": 1}, 'kard: no such column; did you mean "card"?'),
        ({"months_known": 3}, "months_known: no such column"),
        ({"history": {"month": "28-11-2015"}}, "history: is no list; list the records of the months before"),
        ({"history": [{"month": "28-11-2015", "kard": 1}]}, "history[0].kard: is no product; a month of the history"),
        ({"history": [{"month": "28-11-2015", "age": 35}]}, "history[0].age: is no product"),
        (
            {"history": [{"month": "28-11-2015"}, {"month": "2015-11-01"}]},
            "history[1].month: the month of 2015-11-01 is",
        ),
        ({"history": [{"month": "28-01-2016"}]}, "history[0].month: 28-01-2016 is not within the 120 months before"),
        ({"history": [{"card": 1}]}, "history[0].month: is missing"),
        ({"history": [{"month": "28-11-2015", "loan": 3}]}, "history[0].loan: 3 is neither 0 nor 1"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(door, changes, said):
    """Alone, and in a batch with its row."""
    assert refusal(door, record(**changes)).startswith(said)
    with pytest.raises(RecordError) as caught:
        door.rows([record(), record(**changes)])
    assert [violation.row for violation in caught.value.violations] == [1]


def test_a_fault_is_told_once(door):
    """By the column's own rule where it has one; the order of days is asked when each day is one."""
    with pytest.raises(RecordError) as caught:
        door.row(record(month="soon", card="yes", joined="29-12-2999"))
    assert sorted(violation.field for violation in caught.value.violations) == ["card", "month"]


def test_the_present_month_is_no_future(door):
    """To its last day, whatever day it is."""
    now = utc_now().date()
    last = now.replace(day=calendar.monthrange(now.year, now.month)[1])
    assert door.row(record(month=last.isoformat(), history=None)).shape == (1, len(door.signature.columns))
    assert "lies in the future" in refusal(door, record(month=(last + dt.timedelta(days=1)).isoformat()))


def test_columns_that_are_dropped_are_accepted_and_never_looked_at(door, signature):
    """Whatever they hold; where nobody declared it they are unknown."""
    bare = {name: value for name, value in record().items() if name != "note"}
    for held in ("y", 3, None, {"nested": [1]}):
        np.testing.assert_array_equal(door.row({**bare, "note": held}), door.row(bare))
    strict = Door(replace(signature, passed_over=()))
    assert refusal(strict, record()).startswith("note: no such column")


def test_a_model_of_one_outcome_knows_no_history(signature):
    """There it is a column like any other, and there is none of that name."""
    sent = replace(signature, columns=signature.sent_columns, offers=None)
    assert refusal(Door(sent), record(history=[])).startswith("history: no such column")


def test_a_record_that_was_kept_without_its_month_has_no_past(signature):
    """As null, absent or blank; its other columns are read, and the table says the same."""
    old = history_door(signature)
    absent = {name: value for name, value in record().items() if name != "month"}
    rows = [record(month=None), absent, record(month=" "), record(month=None, history=[{"month": "28-11-2015"}])]
    found = old.rows(rows)
    first = signature.names.index("products_owned")
    assert np.isnan(found[:, first:]).all()
    assert (found[:, signature.names.index("card")] == 1).all()
    frame = pl.DataFrame([absent, absent]).with_columns(month=pl.lit(None, dtype=pl.String))
    table = TableDoor(old.signature, frame.schema)
    np.testing.assert_array_equal(table.encoded(table.cells(frame), 2).matrix, found[:2])
    with pytest.raises(RecordError, match="month: expected a date"):
        old.row(record(month="soon"))


def test_a_whole_number_may_be_a_day(signature):
    """As in 20151228, of which a table makes a number: in the record and in its history."""
    compact = "%Y%m%d"
    columns = tuple(
        replace(column, format=compact) if column.name == "month" else column for column in signature.columns
    )
    offers = replace(signature.offers, panel=replace(signature.offers.panel, date_format=compact))
    door = Door(replace(signature, columns=columns, offers=offers))
    texts = record(month="20151228", history=[{"month": "20151128", "loan": 1}])
    numbers = record(month=20151228, history=[{"month": 20151128, "loan": 1}])
    np.testing.assert_array_equal(door.row(numbers), door.row(texts))


RECORDS = [
    record(),
    record(history=[{"month": "28-11-2015", "card": 1}]),
    record(month="28-12-2999"),
    record(joined="29-12-2015"),
    record(history=[{"month": "28-11-2015", "kard": 1}]),
    record(card=2),
    record(city="BILBAO", age="NA"),
]


def test_the_reader_of_requests_leaves_a_panel_to_the_door(door):
    """A record may have a history: it is never read past the door."""
    reader = RecordReader(door)
    assert [reader.read(msgspec.json.encode(one)) for one in RECORDS] == [None] * len(RECORDS)


def test_the_reader_of_the_journal_says_what_the_door_does(signature):
    """Numbers and refusals alike, with the rows."""
    reader, door = HistoryReader(signature), history_door(signature)
    taken = [RECORDS[0], RECORDS[1], RECORDS[-1]]
    np.testing.assert_array_equal(reader.matrix([msgspec.json.encode(one).decode() for one in taken]), door.rows(taken))
    with pytest.raises(RecordError) as read:
        reader.matrix([msgspec.json.encode(one).decode() for one in RECORDS])
    with pytest.raises(RecordError) as asked:
        door.rows(RECORDS)
    assert [*map(str, read.value.violations)] == [*map(str, asked.value.violations)]
    assert {violation.row for violation in read.value.violations} == {2, 3, 4, 5}
