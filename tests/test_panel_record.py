"""One record with its months before: it says what the row of the whole panel says, and what cannot be is refused."""

from __future__ import annotations

import polars as pl
import pytest

from keepfit.datasets.panel import read_panel
from keepfit.datasets.twins.santander import generate
from keepfit.datasets.twins.santander_products import PRODUCTS
from keepfit.errors import RecordError
from keepfit.ownership import UNKNOWN, history_names
from keepfit.panel_columns import PanelColumns
from keepfit.panel_record import HISTORY, known_months, past_of
from keepfit.scoring.values import value_encoder
from keepfit.signature import Column, Kind, Outcome, Signature

COLUMNS = PanelColumns("who", "month", ("card", "loan"), "%d-%m-%Y", (1, 2))
SIGNATURE = Signature((), Outcome("added", "nothing", "something"))


def readers(columns, kind=Kind.INTEGER, *, is_text=True):
    """Return what reads the month and the products, as the door does."""
    read = [Column(one, kind, is_written_as_text=is_text) for one in columns.products]
    read.append(Column(columns.month, Kind.DATE, format=columns.date_format))
    return {column.name: value_encoder(column, SIGNATURE) for column in read}


READERS = readers(COLUMNS)
NOW = {"who": 7, "month": "28-04-2016", "card": 1, "age": " 35"}
MARCH = {"month": "28-03-2016", "card": "0", "loan": " 1"}


def test_a_record_says_what_its_row_of_the_panel_says():
    """With all its months before, in any order; the columns are those of the published panel."""
    columns = PanelColumns("ncodpers", "fecha_dato", PRODUCTS)
    frame = generate(7, 3_000)
    panel = read_panel(frame.lazy(), columns, where="twin")
    expected = panel.history()
    asked = frame.select("ncodpers", "fecha_dato", *PRODUCTS).with_row_index()
    for row in range(0, frame.height, 97):
        now = asked.row(row, named=True)
        before = asked.filter((pl.col("ncodpers") == now["ncodpers"]) & (pl.col("fecha_dato") < now["fecha_dato"]))
        past = before.drop("index").reverse().to_dicts()
        told = past_of({**frame.row(row, named=True), HISTORY: past}, columns, readers(columns))
        assert list(told) == list(history_names(PRODUCTS, columns.lags))
        assert [UNKNOWN if value is None else value for value in told.values()] == expected[row].tolist()


def test_without_a_history_the_past_is_not_known():
    """The present is; nulls, absent products and other fields do no harm."""
    told = past_of({**NOW, "loan": None}, COLUMNS, READERS)
    assert (told.pop("products_owned"), told.pop("months_known")) == (1, 0)
    assert set(told.values()) == {None}
    alone = past_of(NOW, COLUMNS, READERS)
    assert past_of({**NOW, HISTORY: None}, COLUMNS, READERS) == past_of({**NOW, HISTORY: []}, COLUMNS, READERS) == alone


def test_a_month_before_says_what_was_added_and_dropped():
    """Texts with blanks are the numbers that they say."""
    told = past_of({**NOW, HISTORY: [MARCH]}, COLUMNS, READERS)
    assert (told["owned_1_ago__card"], told["owned_1_ago__loan"], told["owned_2_ago__loan"]) == (0, 1, None)
    assert (told["months_since_added__card"], told["months_since_dropped__loan"]) == (0, 0)
    assert (told["months_since_dropped__card"], told["months_known"]) == (None, 1)


def test_over_a_month_that_is_not_told_nothing_is_known_to_have_changed():
    """What was in February may have gone in March or in April."""
    told = past_of({**NOW, HISTORY: [{"month": "28-02-2016", "loan": 1}]}, COLUMNS, READERS)
    assert (told["owned_2_ago__loan"], told["owned_1_ago__loan"]) == (1, None)
    assert told["months_since_dropped__loan"] is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"month": None}, "month: is missing"),
        ({"month": "2016-04-28"}, "month: expected a date such as 28-04-2016 (%d-%m-%Y), found"),
        ({"card": 2}, "card: 2 is neither 0 nor 1"),
        ({"loan": "yes"}, 'loan: expected a whole number, found "yes"'),
        ({HISTORY: MARCH}, "history: is no list; list the records of the months before"),
        ({HISTORY: [MARCH, 3]}, "history[1]: is no record; give it a month and its products"),
        ({HISTORY: [{"card": 1}]}, "history[0].month: is missing"),
        ({HISTORY: [MARCH, MARCH]}, "history[1].month: the month of 28-03-2016 is told twice"),
        ({HISTORY: [{"month": "01-04-2016"}]}, "history[0].month: 01-04-2016 is not within the 120 months before 28-0"),
        ({HISTORY: [{"month": "28-05-2016"}]}, "history[0].month: 28-05-2016 is not within the 120 months before"),
        ({HISTORY: [{"month": "28-03-2006"}]}, "history[0].month: 28-03-2006 is not within the 120 months before"),
        ({HISTORY: [{**MARCH, "lone": 1}]}, "history[0].lone: is no product; a month of the history has month and"),
        ({HISTORY: [{**MARCH, "who": 7}, {"month": "28-02-2016", "who": 8}]}, "history[1].who: is of another customer"),
        ({"who": None, HISTORY: [{**MARCH, "who": "a"}, {"month": "28-02-2016", "who": "b"}]}, "history[1].who: is of"),
        ({HISTORY: [{**MARCH, "card": 0.5}]}, "history[0].card: expected a whole number, found 0.5"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(changed, said):
    """The caller sees which month of the history it is."""
    with pytest.raises(RecordError) as caught:
        past_of({**NOW, **changed}, COLUMNS, READERS)
    assert str(caught.value).startswith(said)


def test_a_month_before_may_name_its_customer():
    """Otherwise written too: 7, 7.0 and "7" are one."""
    bare = past_of({**NOW, HISTORY: [MARCH]}, COLUMNS, READERS)
    for whom in (7, 7.0, "7", None):
        assert past_of({**NOW, HISTORY: [{**MARCH, "who": whom}]}, COLUMNS, READERS) == bare


@pytest.mark.parametrize(
    "value", [True, False, "1", " 1", "0", 1.0, 0, 2, "2", None, "NA", "", "yes", 0.5, [1], float("nan")]
)
@pytest.mark.parametrize(("kind", "is_text"), [(Kind.INTEGER, False), (Kind.INTEGER, True), (Kind.FLAG, False)])
def test_a_product_of_a_month_before_is_read_as_the_record_s_own(value, kind, is_text):
    """What is taken of one is taken of the other, as the same, and what is refused is refused in the same words."""
    read = readers(COLUMNS, kind, is_text=is_text)
    own = _told_or_refused({"month": "28-04-2016", "card": value}, read)
    months = [{"month": "28-03-2016", "card": value}]
    before = _told_or_refused({"month": "28-04-2016", HISTORY: months}, read)
    if isinstance(own, str):
        assert before == f"history[0].{own}"
    else:
        assert before["owned_1_ago__card"] == own["products_owned"]


def _told_or_refused(record, read):
    try:
        return past_of(record, COLUMNS, read)
    except RecordError as error:
        return str(error)


def test_months_that_are_remembered_are_known():
    """As many as the column of the past counts: not those that are older than the memory, nor one that lacks."""
    months = [{"month": f"28-{month:02}-2015"} for month in (8, 9, 10, 12)]
    for history in (None, [], [MARCH], months, [MARCH, *months]):
        record = {**NOW, HISTORY: history}
        expected = past_of(record, COLUMNS, READERS)["months_known"]
        assert known_months(record, COLUMNS, READERS) == expected
    assert known_months({**NOW, HISTORY: [MARCH, *months]}, COLUMNS, READERS) == 3  # of October and on
