"""A table or a view of a database: found by its name, read in one state, never written."""

from __future__ import annotations

import sqlite3

import polars as pl
import pytest
from sqlalchemy import Boolean, Text

from keepfit.datasets import sql_table
from keepfit.datasets.sql_bins import NumberRules
from keepfit.datasets.sql_table import open_sql_table
from keepfit.errors import DatasetError
from sql_tables import sqlite_url, write_rows

WORDS = pl.DataFrame({"word": ["a", "A", "a", None, "b "], "is": [True, False, None, True, True]})


@pytest.fixture
def url(tmp_path):
    url = sqlite_url(tmp_path)
    write_rows(url, "words", WORDS, {"word": Text(collation="NOCASE"), "is": Boolean()})
    return url


def counts(table, name: str) -> dict:
    return dict(pair for part in table.values(name) for pair in part)


def test_values_are_counted_as_they_are_written(url, monkeypatch):
    """Also where the database takes a for A; in parts, however many there are."""
    monkeypatch.setattr(sql_table, "_VALUES_AT_ONCE", 2)
    with open_sql_table(url, "words") as table:
        assert (table.rows, list(table.columns), table.is_flag("is"), table.is_flag("word")) == (
            5,
            ["word", "is"],
            True,
            False,
        )
        assert [len(part) for part in table.values("word")] == [2, 2]
        assert counts(table, "word") == {"a": 2, "A": 1, None: 1, "b ": 1}
        assert counts(table, "is") == {1: 3, 0: 1, None: 1}


def test_postgresql_counts_values_as_they_are_written_too(postgres):
    """Of a type that takes a for A, of an enumeration, of a name that must be quoted."""
    url = postgres.new_database()
    for statement in (
        "CREATE TYPE size AS ENUM ('s', 'L')",
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        'CREATE TABLE "Odd ""%name" (word text COLLATE loose, "the size%" size, n real)',
        "INSERT INTO \"Odd \"\"%name\" VALUES ('a', 's', 'NaN'), ('A', 's', 1.5), (NULL, NULL, NULL)",
    ):
        postgres.execute(statement, url.rpartition("/")[2])
    with open_sql_table(url, 'Odd "%name') as table:
        assert counts(table, "word") == {"a": 1, "A": 1, None: 1}
        assert counts(table, "the size%") == {"s": 2, None: 1}
        assert table.holds_numbers("n")
        assert not table.holds_numbers("word")
        found = table.numbers("n", NumberRules([1.0], -9, 9))
    assert (found.counts, found.missing) == ((0, 1), 2)


def test_labels_are_counted_by_the_bin_of_a_number(tmp_path):
    """A row without the number is in no bin, one without a label has none."""
    frame = pl.DataFrame({"p": [0.1, 0.1, 0.9, None], "y": ["no", "no", None, "yes"]})
    write_rows(sqlite_url(tmp_path), "t", frame, {})
    with open_sql_table(sqlite_url(tmp_path), "t") as table:
        found = table.labels("p", NumberRules([0.5], 0, 1), "y")
    assert sorted(found, key=str) == [(0, "no", 2), (1, None, 1), (None, "yes", 1)]


def test_all_answers_are_of_the_same_rows(url, tmp_path):
    """What another program writes meanwhile is not in any of them, and is not hindered."""
    with sqlite3.connect(tmp_path / "rows.db") as writer:
        writer.execute("PRAGMA journal_mode=WAL")
    with open_sql_table(url, "words") as table:
        with writer:
            writer.execute("DELETE FROM words")
        assert sum(counts(table, "word").values()) == table.rows == 5
    writer.close()
    with open_sql_table(url, "words") as table:
        assert table.rows == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("loans", "sql: is not a database URL; for example sqlite:///"),
        ("mysql://host/db", 'sql: "mysql" is no database that rows are counted in; accepted: sqlite, postgresql'),
        ("sqlite://", "sqlite://: no such file; name a database"),
        ("sqlite:///none.db", "sqlite:///none.db: no such file; name a database"),
        ("postgresql://u:secret@127.0.0.1:1/d", "postgresql+psycopg://u:***@127.0.0.1:1/d: the database refuses ("),
    ],
)
def test_a_database_that_is_not_there_is_refused(url, said):
    """What may be a password is not repeated."""
    with pytest.raises(DatasetError) as caught, open_sql_table(url, "t"):
        pass
    assert str(caught.value).startswith(said)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    """As the database itself says."""
    (tmp_path / "rows.db").write_text("age,job\n30,fixed\n" * 100)
    with (
        pytest.raises(DatasetError, match=r"the database refuses \(file is not a database\)"),
        open_sql_table(sqlite_url(tmp_path), "t"),
    ):
        pass


def test_another_name_names_the_nearest(url):
    """Tables and views."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as writer:
        writer.execute("CREATE VIEW phrases AS SELECT * FROM words")
    writer.close()
    with open_sql_table(url, "phrases") as table:
        assert table.rows == 5
    for name, said in (("word", 'did you mean "words"?'), ("phrase", 'did you mean "phrases"?')):
        with pytest.raises(DatasetError) as caught, open_sql_table(url, name):
            pass
        assert str(caught.value).startswith(f"{name} in {url}: no such table or view; {said}")
