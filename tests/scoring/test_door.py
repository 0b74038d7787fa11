"""The door: one way in for a row, a batch and a table."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.clean_values import clean_lazily
from keepfit.errors import RecordError
from keepfit.project.data_section import DataSection
from keepfit.scoring import Door, history_door
from keepfit.signature import Column, Kind, Outcome, Signature

COLUMNS = (
    Column("Age", Kind.INTEGER, minimum=18, maximum=68),
    Column("Income", Kind.NUMBER, minimum=0, maximum=1000),
    Column("Job", Kind.CATEGORY, categories=("fixed", "freelance", "partime")),
    Column("Owner", Kind.FLAG),
)
OUTCOME = Outcome("Status", "bad", "good")
SIGNATURE = Signature(COLUMNS, OUTCOME, entity="id", accepts_unseen=True)
STRICT = Signature(tuple(Column(c.name, c.kind, optional=False, categories=c.categories) for c in COLUMNS), OUTCOME)

records = st.fixed_dictionaries(
    {},
    optional={
        "Age": st.none() | st.integers(-(2**40), 2**40),
        "Income": st.none() | st.floats(-1e30, 1e30),
        "Job": st.none() | st.sampled_from(["fixed", "freelance", "partime", "unheard of", ""]),
        "Owner": st.none() | st.booleans(),
    },
)


def test_a_category_of_numbers_takes_numbers():
    """A column of numbers that is declared a category: a table's 1 and 1.0 and a record's 1, 1.0 and "1" are one."""
    column = Column("zip", Kind.CATEGORY, categories=("1", "2.5", "7"))
    door = Door(Signature((column,), OUTCOME, accepts_unseen=True))
    sent = [{"zip": value} for value in (1, 1.0, "1", 2.5, "7", 9, None, math.nan)]
    expected = np.array([[0, 0, 0, 1, 2, 3, np.nan, np.nan]], dtype=np.float32).T
    np.testing.assert_array_equal(door.rows(sent), expected)
    table = pl.DataFrame({"zip": [1.0, 1.0, 1.0, 2.5, 7.0, 9.0, None, math.nan]})
    np.testing.assert_array_equal(door.table(table), expected)
    np.testing.assert_array_equal(door.table(pl.DataFrame({"zip": [1, 7, 9, None]})), expected[[0, 4, 5, 6]])


@pytest.mark.parametrize("value", [5, 1.5, True])
def test_a_category_of_words_takes_no_numbers(value):
    """A number where a word is expected is mistyped, not unseen."""
    with pytest.raises(RecordError, match="expected one of fixed, freelance, partime, found"):
        Door(SIGNATURE).row({"Job": value})


@given(st.lists(records, max_size=8))
def test_a_row_alone_equals_the_row_in_a_batch_and_in_a_table(rows):
    """A record gets the same numbers alone, in a batch and in a table."""
    door = Door(SIGNATURE)
    batch = door.rows(rows)
    assert batch.dtype == np.float32
    for at, row in enumerate(rows):
        np.testing.assert_array_equal(door.row(row)[0], batch[at])
    frame = pl.DataFrame(
        [{name: row.get(name) for name in SIGNATURE.names} for row in rows],
        schema={"Age": pl.Int64, "Income": pl.Float64, "Job": pl.String, "Owner": pl.Boolean},
    )
    np.testing.assert_array_equal(door.table(frame), batch)


WORDS = st.sampled_from(["a", "b", "c", "unk", "1", "-1"])


@given(
    vocabulary=st.lists(WORDS, min_size=1, max_size=4, unique=True),
    missing=st.sets(WORDS, max_size=3),
    spellings=st.dictionaries(WORDS, WORDS, max_size=4),
    sent=st.lists(st.none() | WORDS, min_size=1, max_size=8),
    unseen=st.booleans(),
)
def test_a_word_means_the_same_in_a_record_and_in_a_table(vocabulary, missing, spellings, sent, unseen):
    """Words for missing and other spellings may overlap in any way: a record, a table and its cleaning agree."""
    column = Column(
        "x",
        Kind.CATEGORY,
        categories=tuple(vocabulary),
        missing_values=tuple(missing),
        spellings=tuple(spellings.items()),
    )
    door = Door(Signature((column,), OUTCOME, accepts_unseen=unseen))
    frame = pl.DataFrame({"x": pl.Series(sent, dtype=pl.String)})
    section = DataSection(source="t.csv", target="y", missing={"x": sorted(missing)}, replace={"x": spellings})
    cleaned = clean_lazily(frame.lazy(), section).collect()["x"].to_list()

    def answer(call):
        try:
            return call().tolist()
        except RecordError as refused:
            return [violation.row for violation in refused.violations]

    in_table, in_batch = answer(lambda: door.table(frame)), answer(lambda: door.rows([{"x": word} for word in sent]))
    np.testing.assert_equal(in_table, in_batch)
    codes = {word: [float(code)] for code, word in enumerate(vocabulary)} | {None: [math.nan]}
    wrong = [row for row, word in enumerate(cleaned) if word not in codes]
    np.testing.assert_equal(
        in_batch, wrong if wrong and not unseen else [codes.get(word, [float(len(vocabulary))]) for word in cleaned]
    )


@given(
    missing=st.sets(st.sampled_from(["-1", "1.0", "2.5", "true", "x"])),
    values=st.lists(st.sampled_from([-1, 1, 2.5, 3])),
)
def test_a_number_among_categories_means_the_same_in_a_record_and_in_a_table(missing, values):
    """A category of numbers: -1 and -1.0 are one where one of them means no value."""
    column = Column("x", Kind.CATEGORY, categories=("-1", "1", "2.5", "3"), missing_values=tuple(missing))
    door = Door(Signature((column,), OUTCOME))
    frame = pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64)})
    np.testing.assert_array_equal(door.table(frame), door.rows([{"x": value} for value in values]))


@pytest.mark.parametrize("name", SIGNATURE.names)
def test_null_absent_and_nan_are_one_thing(name):
    """Null, an absent field and NaN give the same row, in every column."""
    whole = {"Age": 30, "Income": 1.5, "Job": "fixed", "Owner": True}
    door = Door(SIGNATURE)
    absent = door.row({key: value for key, value in whole.items() if key != name})
    assert np.isnan(absent[0, SIGNATURE.names.index(name)])
    np.testing.assert_array_equal(door.row({**whole, name: None}), absent)
    np.testing.assert_array_equal(door.row({**whole, name: math.nan}), absent)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Age", 2.5, "expected a whole number, found 2.5"),
        ("Age", True, "expected a whole number, found True"),
        ("Age", "7", 'expected a whole number, found "7"'),
        ("Age", math.inf, "expected a whole number, found inf"),
        ("Age", 10**400, "is too large"),
        ("Age", [1], "expected a whole number, found [1]"),
        ("Income", "12", 'expected a number, found "12"'),
        ("Income", False, "expected a number, found False"),
        ("Income", math.inf, "inf is too large; expected a finite number that float32 can hold"),
        ("Income", 1e39, "is too large"),
        ("Job", 1, "expected one of fixed, freelance, partime, found 1"),
        ("Job", True, "expected one of fixed, freelance, partime, found True"),
        ("Owner", 1, "expected true or false, found 1"),
        ("Owner", "yes", 'expected true or false, found "yes"'),
        ("Incom", 1, 'no such column; did you mean "Income"?'),
    ],
)
def test_nothing_is_converted(name, value, said):
    """A value of another type is refused in words, never cast."""
    with pytest.raises(RecordError) as refused:
        Door(SIGNATURE).row({name: value})
    (violation,) = refused.value.violations
    assert violation.field == name
    assert said in violation.message


def test_a_whole_float_is_a_whole_number():
    """2.0 is an integer: JSON knows one kind of number."""
    assert Door(SIGNATURE).row({"Age": 2.0})[0, 0] == 2.0


def test_an_unseen_category_has_a_code_of_its_own():
    """A category outside of the vocabulary has the code after the last."""
    assert Door(SIGNATURE).row({"Job": "pilot"})[0, 2] == 3.0


def test_every_violation_is_told_at_once_with_its_row():
    """All faults of all rows are listed, each with field and row."""
    with pytest.raises(RecordError) as refused:
        Door(STRICT).rows([{"Age": 1, "Income": 1, "Job": "fixed", "Owner": True}, {"Age": "x", "Job": "pilot"}, 7])
    told = [(violation.row, violation.field) for violation in refused.value.violations]
    assert told == [(1, "Age"), (1, "Income"), (1, "Job"), (1, "Owner"), (2, "")]


def test_an_unseen_category_is_refused_where_the_project_says_so():
    """A strict signature names the nearest category."""
    with pytest.raises(RecordError, match='"fixd" is not in the vocabulary; did you mean "fixed"\\?'):
        Door(STRICT).row({"Age": 1, "Income": 1, "Job": "fixd", "Owner": True})


def test_history_is_taken_as_it_was():
    """The door for history takes missing values and unseen categories that a strict one refuses."""
    assert np.isnan(history_door(STRICT).row({})).all()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"Age": ["x"]}, 'expected a whole number, found String such as "x"'),
        ({"Age": [2.5]}, "expected a whole number, found 2.5"),
        ({"Age": [1e39]}, "expected a whole number, found 1e"),
        ({"Owner": [1]}, "expected true or false, found Int64"),
    ],
)
def test_a_table_of_another_kind_is_refused(frame, said):
    """A table's column of another kind is refused in words."""
    whole = {"Age": [1], "Income": [1.0], "Job": ["fixed"], "Owner": [True]}
    with pytest.raises(RecordError) as refused:
        Door(SIGNATURE).table(pl.DataFrame({**whole, **frame}))
    assert said in refused.value.violations[0].message


def test_a_table_without_a_column_names_the_nearest():
    """A table that lacks a column says which one it may have meant."""
    frame = pl.DataFrame({"age": [1], "Income": [1.0], "Job": ["fixed"], "Owner": [True]})
    with pytest.raises(RecordError, match='Age: no such column; did you mean "age"\\?'):
        Door(SIGNATURE).table(frame)


def test_a_strict_table_names_rows():
    """A missing value in a strict table is told with its row."""
    frame = pl.DataFrame({"Age": [1, None], "Income": [1.0, 2.0], "Job": ["fixed", "pilot"], "Owner": [True, False]})
    with pytest.raises(RecordError) as refused:
        Door(STRICT).table(frame)
    assert [(violation.field, violation.row) for violation in refused.value.violations] == [("Age", 1), ("Job", 1)]


def test_the_entity_is_no_feature():
    """Its column is known, and makes no number."""
    assert Door(SIGNATURE).row({"id": 7}).shape == (1, 4)


FORM = "%d-%m-%Y"
DATE = Column("x", Kind.DATE, format=FORM, missing_values=("never", "-1"), spellings=(("long ago", "01-01-1900"),))
EPOCH = dt.date(1970, 1, 1)
days = st.dates().map(lambda day: f"{day.day:02}-{day.month:02}-{day.year:04}")
others = st.sampled_from(
    ["", "  ", "never", "-1", "long ago", "2016-04-28", "45-13-2016", " 1-2-2016 ", "x", "29-02-2015"]
)


def answered(call):
    """Return the numbers, or the rows that are refused."""
    try:
        return call().tolist()
    except RecordError as refused:
        return [violation.row for violation in refused.violations]


@given(sent=st.lists(st.none() | days | others, min_size=1, max_size=8), optional=st.booleans())
def test_a_date_means_the_same_in_a_record_and_in_a_table(sent, optional):
    """Days, blanks, words for missing and texts that are none: alone, in a batch and in a table."""
    column = Column(**{name: getattr(DATE, name) for name in DATE.__slots__} | {"optional": optional})
    door = Door(Signature((column,), OUTCOME))
    in_table = answered(lambda: door.table(pl.DataFrame({"x": pl.Series(sent, dtype=pl.String)})))
    np.testing.assert_equal(answered(lambda: door.rows([{"x": text} for text in sent])), in_table)
    if in_table and isinstance(in_table[0], list):
        np.testing.assert_equal([door.row({"x": text})[0].tolist() for text in sent], in_table)


@given(st.lists(st.none() | st.dates(), min_size=1, max_size=8))
def test_a_table_of_dates_is_as_its_texts(sent):
    """A type of dates, of moments, and the texts of requests are one; float32 holds every day exactly."""
    door = Door(Signature((Column("x", Kind.DATE, format=FORM),), OUTCOME))
    texts = [None if day is None else f"{day.day:02}-{day.month:02}-{day.year:04}" for day in sent]
    expected = [[math.nan if day is None else (day - EPOCH).days] for day in sent]
    np.testing.assert_equal(door.rows([{"x": text} for text in texts]).tolist(), expected)
    dates = pl.Series("x", sent, dtype=pl.Date)
    np.testing.assert_equal(door.table(dates.to_frame()).tolist(), expected)
    moments = pl.Series("x", [None if day is None else dt.datetime(day.year, day.month, day.day, 23) for day in sent])  # noqa: DTZ001
    np.testing.assert_equal(door.table(moments.cast(pl.Datetime("ms")).to_frame()).tolist(), expected)


def test_dates_as_whole_numbers_are_dates():
    """20160428 is the same as a number, in a record and in a table, and as a text."""
    column = Column("x", Kind.DATE, format="%Y%m%d", missing_values=("-1",))
    door = Door(Signature((column,), OUTCOME))
    expected = [[16919.0], [math.nan]]
    np.testing.assert_equal(door.rows([{"x": 20160428}, {"x": -1}]).tolist(), expected)
    np.testing.assert_equal(door.rows([{"x": "20160428"}, {"x": "-1"}]).tolist(), expected)
    np.testing.assert_equal(door.table(pl.DataFrame({"x": [20160428, -1]})).tolist(), expected)


def test_words_for_missing_dates_hold_for_a_type_of_dates():
    """A day that means no value means none, whichever type a table has."""
    column = Column("x", Kind.DATE, format=FORM, missing_values=("01-01-1900",))
    table = pl.DataFrame({"x": [dt.date(1900, 1, 1), dt.date(1970, 1, 2), None]})
    found = Door(Signature((column,), OUTCOME)).table(table).tolist()
    np.testing.assert_equal(found, [[math.nan], [1.0], [math.nan]])


def test_a_time_of_day_is_cut_off():
    """Where the format has one."""
    door = Door(Signature((Column("x", Kind.DATE, format="%Y-%m-%d %H:%M:%S"),), OUTCOME))
    assert door.row({"x": "2016-04-28 23:59:59"})[0, 0] == 16919.0
    with pytest.raises(RecordError, match="expected a date such as 2016-04-28 00:00:00"):
        door.row({"x": "2016-04-28"})


@pytest.mark.parametrize("value", ["2016-04-28", "45-13-2016", 7, 2.5, True, math.inf, [1]])
def test_what_is_no_date_is_refused(value):
    """The column, the value, the format and an example out of the training range."""
    door = Door(Signature((Column("x", Kind.DATE, minimum=0.0, maximum=9.0, format=FORM),), OUTCOME))
    with pytest.raises(RecordError) as refused:
        door.rows([{"x": "28-04-2016"}, {"x": value}])
    (violation,) = refused.value.violations
    assert (violation.field, violation.row) == ("x", 1)
    shown = f'"{value}"' if isinstance(value, str) else value
    assert violation.message == f"expected a date such as 01-01-1970 (%d-%m-%Y), found {shown}"


def test_a_table_that_holds_no_dates_is_refused():
    """Values of a type that is none are told with their rows."""
    door = Door(Signature((Column("x", Kind.DATE),), OUTCOME))
    for values in ([1.5, None], [True, None], [dt.timedelta(days=1), None]):
        assert answered(lambda values=values: door.table(pl.DataFrame({"x": values}))) == [0]
    np.testing.assert_equal(answered(lambda: door.table(pl.DataFrame({"x": [None, None]}))), [[math.nan]] * 2)


AGE = Column("age", Kind.INTEGER, minimum=18, maximum=68, aliases=("years", "Age of customer"))


@pytest.mark.parametrize(
    ("policy", "value", "expected"),
    [
        ("accept", 69, 69.0),
        ("clip", 69, 68.0),
        ("clip", 17, 18.0),
        ("clip", 18, 18.0),
        ("clip", None, None),
        ("reject", 68, 68.0),
        ("reject", 69, "69 is out of range; expected 18 to 68"),
        ("reject", None, None),
    ],
)
def test_numbers_out_of_range_follow_the_policy(policy, value, expected):
    """They are scored, scored as the nearer end, or refused; a missing one is in no range."""
    door = Door(Signature((replace(AGE, out_of_range=policy),), OUTCOME))
    if isinstance(expected, str):
        with pytest.raises(RecordError, match=expected):
            door.row({"age": value})
    else:
        found = door.row({"age": value})[0, 0]
        assert np.isnan(found) if expected is None else found == expected


def test_what_happened_already_is_not_refused_for_its_range():
    """A row of the journal or of the holdout is read, whatever a request may say."""
    columns = [replace(AGE, out_of_range=policy) for policy in ("reject", "clip")]
    assert [history_door(Signature((one,), OUTCOME)).row({"age": 99})[0, 0] for one in columns] == [99.0, 68.0]


def test_a_column_has_other_names():
    """A request may use an alias, and only one of a column's names."""
    door = Door(Signature((AGE,), OUTCOME))
    assert door.named([{"years": 30}, {"age": 31}, {"Age of customer": 32}]) == [{"age": 30}, {"age": 31}, {"age": 32}]
    with pytest.raises(RecordError, match=r"years.*is another name of age; send it by one name") as refused:
        door.named([{"age": 1}, {"age": 30, "years": 31}])
    assert refused.value.violations[0].row == 1
    assert door.named([7]) == [7]
