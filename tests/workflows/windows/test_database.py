"""A table of a database, counted where it lies, is the window that its rows would be in a file."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Date, Double, Integer, Numeric, Text

from keepfit.errors import DatasetError, MonitoringError
from keepfit.profiles import Profile
from keepfit.workflows.windows.database import sql_window
from keepfit.workflows.windows.sql_source import SqlSource
from keepfit.workflows.windows.table_file import file_window
from profiled_project import make_profiled, outcomes, require_same, rows
from sql_tables import sqlite_url, write_rows

FLOAT32 = 2.0**-23  # what a database adds up was not rounded before
TYPES = {
    "age": Integer(),
    "income": Double(),
    "job": Text(),
    "rooms": Text(),
    "member": Boolean(),
    "since": Text(),
    "debt": Text(),
    "probability": Double(),
    "y": Text(),
}
TABLE = rows(5).hstack(outcomes(5))


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return make_profiled(tmp_path_factory.mktemp("sql"))


@pytest.fixture(scope="module")
def champion(rooms):
    return rooms.store.champion()


@pytest.fixture
def count(champion, tmp_path):
    """Writes rows into a database, and counts them there."""

    def counted(frame: pl.DataFrame, types=TYPES):
        write_rows(sqlite_url(tmp_path), "loans", frame, types)
        return sql_window(SqlSource(sqlite_url(tmp_path), "loans"), champion)

    return counted


def of_file(rooms, champion, frame: pl.DataFrame):
    path = rooms.folder / "window.parquet"
    frame.write_parquet(path)
    return file_window(rooms, path, champion).window.profile


def test_a_table_is_counted_as_its_file(rooms, champion, count):
    """Scores and labels too; when the rows came is not known."""
    window = count(TABLE)
    require_same(window.profile, of_file(rooms, champion, TABLE), FLOAT32)
    assert (window.source, window.first_at, window.last_at) == ("the table loans", None, None)


def test_without_scores_none_are_made(rooms, champion, count):
    """A database runs no model: labels alone say nothing of the champion."""
    window = count(TABLE.drop("probability"))
    require_same(window.profile, of_file(rooms, champion, TABLE.drop("probability", "y")), FLOAT32)
    assert window.profile.outputs[0].score.missing == TABLE.height


NUMBERS = st.one_of(
    st.none(),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.floats(-1e38, 1e38),
    st.floats(0, 1000),
    st.sampled_from([-1.0, 0.0, -0.0, 0.1, 0.7, 1e-45]),
)
WORDS = st.one_of(st.none(), st.sampled_from(["fixed", "FIXED", "Fixed", "partime", "unknown", "", "1", "1.0", " 1"]))
RECORDS = st.fixed_dictionaries(
    {
        "age": st.one_of(st.none(), st.integers(-(2**40), 2**40), st.integers(-5, 95)),
        "income": NUMBERS,
        "job": WORDS,
        "rooms": st.one_of(WORDS, st.sampled_from(["1", "2", "3"])),
        "member": st.sampled_from([None, True, False]),
        "since": st.one_of(
            st.none(), st.dates(date(1970, 1, 1)).map(lambda day: day.strftime("%d-%m-%Y")), st.just("")
        ),
        "debt": st.one_of(st.none(), st.sampled_from(["NA", " 7 ", "+1e2", "-0", "12.5\n"])),
        "probability": st.one_of(st.none(), st.floats(0, 1)),
        "y": st.sampled_from([None, "yes", "no"]),
    }
)
SCHEMA = {
    "age": pl.Int64,
    "income": pl.Float64,
    "job": pl.String,
    "rooms": pl.String,
    "member": pl.Boolean,
    "since": pl.String,
    "debt": pl.String,
    "probability": pl.Float64,
    "y": pl.String,
}


@pytest.fixture(scope="module")
def both_ways(rooms, champion):
    """Counts rows in a database, and in a file."""

    def counted(frame: pl.DataFrame):
        (rooms.folder / "rows.db").unlink(missing_ok=True)
        write_rows(sqlite_url(rooms.folder), "loans", frame, TYPES)
        source = SqlSource(sqlite_url(rooms.folder), "loans")
        return sql_window(source, champion).profile, of_file(rooms, champion, frame)

    return counted


@given(records=st.lists(RECORDS, min_size=1, max_size=30))
@settings(max_examples=30)
def test_any_rows_are_counted_as_in_a_file(both_ways, records):
    """Whatever they hold that the door takes: values between two of float32, other cases, blanks, signs of zero."""
    one, other = both_ways(pl.DataFrame(records, schema=SCHEMA))
    require_same_but_sums(one, other)
    assert Profile.from_dict(one.to_dict()) == one  # what is unlike a file's sums is not taken for altered


def require_same_but_sums(one, other):
    """Sums of numbers that cancel each other out agree by the size of what was added, not by their own."""
    for first, second in zip(one.columns[:2], other.columns[:2], strict=True):
        largest = max(abs(end) for end in (second.minimum, second.maximum, 1.0) if end is not None)
        np.testing.assert_allclose(first.sums, second.sums, rtol=FLOAT32, atol=FLOAT32 * largest * other.rows)
        np.testing.assert_allclose(first.squares, second.squares, rtol=4 * FLOAT32, atol=1e-30)
    require_same(*(replace(each, columns=each.columns[2:]) for each in (one, other)), FLOAT32)
    plain = [[replace(column, sums=(), squares=0.0) for column in each.columns[:2]] for each in (one, other)]
    assert plain[0] == plain[1]


def test_a_number_between_two_of_float32_is_in_the_bin_of_the_nearer(rooms, champion, count):
    """Every edge of the reference, and its neighbours in float64 and float32: on the right side, each."""
    edges = np.array(champion.profile["columns"][1]["edges"])
    near = [edges, np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf)]
    upper = np.nextafter(edges.astype(np.float32), np.float32(np.inf)).astype(np.float64)
    halves = (edges + upper) / 2
    near += [upper, halves, np.nextafter(halves, np.inf), np.nextafter(halves, -np.inf)]
    income = np.concatenate(near)
    frame = pl.concat([TABLE] * (len(income) // TABLE.height + 1))[: len(income)].with_columns(income=pl.Series(income))
    require_same(count(frame).profile, of_file(rooms, champion, frame), FLOAT32)


def test_sqlite_may_hold_what_it_likes(rooms, champion, count, tmp_path):
    """Columns without a type, numbers among words, whole numbers as such: each value is judged by itself."""
    frame = TABLE.with_columns(member=pl.lit(None, dtype=pl.Boolean))
    window = count(frame, {})
    require_same(window.profile, of_file(rooms, champion, frame), FLOAT32)
    with sqlite3.connect(tmp_path / "rows.db") as connection:
        connection.execute("UPDATE loans SET rooms = CAST(rooms AS INTEGER) WHERE rowid % 2")
        connection.execute("UPDATE loans SET debt = 7 WHERE debt = ' 7'")
        connection.execute("CREATE VIEW half AS SELECT * FROM loans")
    connection.close()
    window = sql_window(SqlSource(sqlite_url(tmp_path), "half"), champion)
    require_same(window.profile, of_file(rooms, champion, frame), FLOAT32)


def test_postgresql_counts_the_same(rooms, champion, postgres):
    """With NaN beside NULL, decimals, dates as such, booleans, a schema, and a view of it."""
    url = postgres.new_database()
    postgres.execute("CREATE SCHEMA lending", url.rpartition("/")[2])
    dates = TABLE.with_columns(pl.col("since").str.to_date("%d-%m-%Y"))
    income = [float("nan") if at % 11 == 0 else one for at, one in enumerate(TABLE["income"])]
    types = {**TYPES, "since": Date(), "age": Numeric(10, 0)}
    write_rows(_with_driver(url), "loans", dates.with_columns(income=pl.Series(income)), types, schema="lending")
    as_file = TABLE.with_columns(income=pl.Series(income, nan_to_null=True))
    counted = sql_window(SqlSource(url, "lending.loans"), champion)
    require_same(counted.profile, of_file(rooms, champion, as_file), FLOAT32)
    postgres.execute("CREATE VIEW loans AS SELECT * FROM lending.loans", url.rpartition("/")[2])
    assert sql_window(SqlSource(url, "loans"), champion).profile == counted.profile


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"age": pl.lit(1.5)}, "age: 300 rows hold what it does not take, such as 1.5; mend the values"),
        ({"income": pl.lit(1e39)}, "income: 300 rows hold what it does not take, such as 1e+39"),
        ({"income": pl.lit(float("inf"))}, "income: 300 rows hold what it does not take, such as inf"),
        ({"probability": pl.lit(1.01)}, "probability: 300 rows hold what it does not take, such as 1.01"),
        ({"since": pl.lit("2020-31-12")}, "since: expected a date such as "),
        ({"debt": pl.lit("much")}, 'debt: expected a number, found "much"'),
    ],
)
def test_a_value_of_another_kind_is_refused(count, change, said):
    """With the column, how many there are or why, and one of them."""
    with pytest.raises(MonitoringError) as caught:
        count(TABLE.with_columns(**change))
    assert said in str(caught.value)
    assert "loans in sqlite:///" in str(caught.value)


def test_a_refusal_is_all_that_is_said(count, caplog):
    """The rows that were not read any more are closed before their database is: nothing else fails, nor is logged."""
    words = TABLE.with_columns(age=pl.Series([f"old {number}" for number in range(len(TABLE))]))
    with suppress(DatasetError):  # nothing may hold the error: with it its frames end, and what they have open
        count(words, {**TYPES, "age": Text()})
    gc.collect()
    assert not caplog.records


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"age": pl.lit("old")}, "age: expected a whole number, found String"),
        ({"member": pl.lit(1)}, "member: expected true or false, found Int64"),
        ({"probability": pl.lit("high")}, "probability holds what is no number"),
    ],
)
def test_a_column_of_another_type_is_refused(count, change, said):
    """As a file's would be; SQLite stores what a column is not declared for."""
    with pytest.raises(DatasetError, match=said):
        count(TABLE.with_columns(**change), {name: kind for name, kind in TYPES.items() if name not in change})


def test_a_table_that_is_no_window_is_refused(champion, count, tmp_path):
    """No such table, no such column, no row."""
    with pytest.raises(MonitoringError, match=r"loans in sqlite:.*: has no row; name a table"):
        count(TABLE[:0])
    url = sqlite_url(tmp_path)
    write_rows(url, "few", TABLE.drop("age", "job"), TYPES)
    with pytest.raises(DatasetError, match=r"few in sqlite:.*: lacks age, job, which the champion takes"):
        sql_window(SqlSource(url, "few"), champion)
    with pytest.raises(DatasetError, match=r'laons in sqlite:.*: no such table or view; did you mean "loans"\?'):
        sql_window(SqlSource(url, "laons"), champion)
