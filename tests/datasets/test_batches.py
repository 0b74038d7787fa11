"""A table that is read in batches is the table that is read at once."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.datasets.batches import batch_rows, open_batches
from keepfit.errors import DatasetError

CELLS = st.text(st.sampled_from('ab1 ,;"\n\r'), max_size=4)


def read(path, *, rows, columns=None):
    table = open_batches(path)
    found = list(table.read(columns or list(table.schema), rows=rows))
    return pl.concat(found) if found else pl.DataFrame(schema=table.schema)


@settings(max_examples=100)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, st.just("z")), max_size=8),
    size=st.integers(1, 5),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_a_csv_is_cut_between_rows(tmp_path_factory, rows, size, ends):
    """Whatever stands within quotation marks, and however few lines are read at a time."""
    out = io.StringIO()
    csv.writer(out, lineterminator=ends, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(out.getvalue().encode())
    assert read(path, rows=size).rows() == rows


@pytest.mark.parametrize("rows", [1, 2, 100])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n3,", [("1", "2"), ("3", None)]),
        ("\ufeffa,b\r\n1,2\r\n", [("1", "2")]),
        ("a;b\r1;2\r3;4\r", [("1", "2"), ("3", "4")]),
        ("a,b\n\n1,2\n\n\n3,4\n\n", [("1", "2"), ("3", "4")]),
        ("a\n1\n\n2\n", [("1",), (None,), ("2",)]),
        ("\n\na,b\n1,2\n", [("1", "2")]),
        ('a,b\n"x\ny",""\nNA,\n', [("x\ny", ""), ("NA", None)]),
        ("a,b\n", []),
    ],
)
def test_a_csv_is_mended_as_at_once(tmp_path, text, expected, rows):
    """Blank lines are no rows but in a file of one column; old line ends are ends; texts stay as written."""
    (tmp_path / "t.csv").write_bytes(text.encode())
    assert read(tmp_path / "t.csv", rows=rows).rows() == expected


@pytest.mark.parametrize("rows", [1, 100])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a,b\n1,2\n3,4,5\n6,7\n", "line 3 has 3 fields, the header has 2"),
        (b"a,b\n1,2\n3\n6,7\n", "line 3 has 1 fields, the header has 2"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "line 3 has a quotation mark that is not closed"),
        (b"a,b\n1,2\n\xff,4\n", "is not UTF-8: line 3 holds the byte 0xff"),
        (b"a,a\n1,2\n", 'the header names "a" 2 times'),
    ],
)
def test_a_csv_that_cannot_be_read_on_is_told(tmp_path, text, said, rows):
    """As at once: with the line, before or after the rows that could be read."""
    (tmp_path / "t.csv").write_bytes(text)
    with pytest.raises(DatasetError, match=said):
        read(tmp_path / "t.csv", rows=rows)


def test_a_csv_knows_about_how_many_rows_it_has(tmp_path):
    """As many as it has lines but for the first."""
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n")
    assert open_batches(tmp_path / "t.csv").rows == 2
    (tmp_path / "t.csv").write_bytes(b"a,b\r1,2\r3,4\r")
    assert open_batches(tmp_path / "t.csv").rows == 2


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
def test_parquet_is_read_in_order(tmp_path, rows):
    """However its groups of rows lie; only the columns that are asked for."""
    frame = pl.DataFrame({"a": range(20), "b": [None, "x"] * 10, "c": [[1]] * 20})
    frame.write_parquet(tmp_path / "t.parquet", row_group_size=6)
    assert read(tmp_path / "t.parquet", rows=rows, columns=["b", "a"]).equals(frame.select("b", "a"))


def test_parquet_without_rows_is_a_table(tmp_path):
    """It has columns, and no batch."""
    frame = pl.DataFrame(schema={"a": pl.Int64})
    frame.write_parquet(tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet", rows=5).equals(frame)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.parquet", b"no parquet at all", "cannot be read as Parquet"),
        ("t.xlsx", b"x", "cannot read .xlsx files; accepted: .csv"),
        ("t.csv", b"", "the file is empty"),
        ("t.csv", None, "no such file; name a file with a table"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, name, content, said):
    """In words, with the file."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match=said) as refused:
        open_batches(path)
    assert refused.value.where == str(path)


def test_a_folder_is_no_table(tmp_path):
    """Though it is there."""
    with pytest.raises(DatasetError, match="is a folder"):
        open_batches(tmp_path)


def test_parquet_that_is_broken_within_is_told(tmp_path):
    """Its end says what there is, and then it is not there."""
    pl.DataFrame({"a": range(1000)}).write_parquet(tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(content[:4] + b"\0" * 100 + content[104:])
    with pytest.raises(DatasetError, match="cannot be read as Parquet"):
        read(tmp_path / "t.parquet", rows=100)


def test_a_batch_of_many_columns_has_few_rows():
    """So that a wide table takes no more memory than a narrow one."""
    assert batch_rows(13) == 65_536
    assert batch_rows(13, texts=True) == 20_164
    assert batch_rows(1000) == 1048
    assert batch_rows(10**7) == 1
