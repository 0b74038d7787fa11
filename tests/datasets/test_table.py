"""Reading a table: what its rows become, and what is said of a file that is none."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import read_table
from keepfit.errors import DatasetError


@pytest.fixture
def file(tmp_path):
    """Write bytes, or text in UTF-8, to a file of a name."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def told(path, **options) -> tuple[str, str, str]:
    """Return where, what and hint of the refusal."""
    with pytest.raises(DatasetError) as caught:
        read_table(path, **options)
    return caught.value.where, caught.value.what, caught.value.hint


FRAME = pl.DataFrame(
    {
        "Age": [18, None, 68],
        "Income": [1.5, 2.25, None],
        "Home": ["rent", None, "Łódź, centre"],
        "Known": [True, False, None],
    }
)


def test_a_table_comes_back_from_parquet(tmp_path):
    """What is written as Parquet is read as it was: names, types, values, missing ones."""
    FRAME.write_parquet(tmp_path / "table.parquet")
    assert_frame_equal(read_table(tmp_path / "table.parquet"), FRAME)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["table.csv", "table.tsv", "table.txt", "TABLE.CSV"])
def test_a_table_comes_back_from_csv(tmp_path, separator, name):
    """What is written as CSV is read as it was, whatever its separator and its suffix; nobody has to name either."""
    FRAME.write_csv(tmp_path / name, separator=separator)
    assert_frame_equal(read_table(tmp_path / name), FRAME)


def test_types_are_inferred_from_all_rows(file):
    """A column whose last value of thousands is no whole number is not a column of whole numbers."""
    rows = 20_000
    path = file("a,b\n" + "1,1\n" * (rows - 1) + "0.5,x\n")
    frame = read_table(path)
    assert frame.schema == {"a": pl.Float64, "b": pl.String}
    assert frame.row(-1) == (0.5, "x")
    assert frame.height == rows


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfa,b\n1,2\n", b"a,b\r\n1,2\r\n", b"a,b\n1,2", b'"a","b"\n1,2\n'], ids=repr
)
def test_dialects_make_no_difference(file, content):
    """A byte order mark, line ends of Windows, quotation marks, and a last line without an end change nothing."""
    assert_frame_equal(read_table(file(content)), pl.DataFrame({"a": [1], "b": [2]}))


def test_a_quoted_text_may_hold_anything(file):
    """Separator, line end and doubled quotation mark inside quotation marks belong to the text."""
    frame = read_table(file('a,b\n"x,y","line\nend"\n"say ""no""",z\n'))
    assert frame.rows() == [("x,y", "line\nend"), ('say "no"', "z")]


def test_missing_values_have_four_spellings(file):
    """An empty cell, NA, NaN and null mean no value, in numbers as in texts."""
    frame = read_table(file("n,t\n1,x\n,\nNA,NA\nNaN,NaN\nnull,null\n"))
    assert frame.to_dict(as_series=False) == {"n": [1, *[None] * 4], "t": ["x", *[None] * 4]}


def test_a_project_says_what_is_missing(file):
    """Other texts mean no value when the project says so, and then the usual ones are texts."""
    frame = read_table(file("n,t\n1,NA\n?,no\n"), missing_values=["?"])
    assert frame.to_dict(as_series=False) == {"n": [1, None], "t": ["NA", "no"]}


def test_no_stays_a_text(file):
    """Words that other readers take for true or false are texts; only `true` and `false` are flags."""
    assert read_table(file("a,b\nno,true\nyes,false\n")).schema == {"a": pl.String, "b": pl.Boolean}


def test_a_given_separator_is_taken(file):
    """A separator that the project names is taken though another one would cut as well."""
    frame = read_table(file("a,b;c,d\n1,2;3,4\n"), separator=";")
    assert frame.rows() == [("1,2", "3,4")]


def test_a_column_of_one_is_a_table(file):
    """A file of one column needs no separator."""
    assert read_table(file("a\n1\n2\n")).to_dict(as_series=False) == {"a": [1, 2]}


def test_a_row_that_ends_in_a_missing_value_is_whole(file):
    """A last cell that is empty, but stands there, is a missing value and no ragged row."""
    assert read_table(file("a,b\n1,\n2,3\n"))["b"].to_list() == [None, 3]


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_an_absent_file_is_told(tmp_path, name):
    """A file that is not there, or is a folder, is named, and so is the key that leads to it."""
    path = tmp_path / name
    assert told(path) == (str(path), "no such file", "check [data] source in keepfit.toml")


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_an_empty_file_is_told(file, name):
    """A file of no bytes is empty, whatever it should be."""
    path = file("", name)
    assert told(path) == (str(path), "the file is empty", "a header and rows are needed")


@pytest.mark.parametrize(
    ("name", "said"), [("table.xlsx", "cannot read .xlsx files"), ("table", "cannot read a file without a suffix")]
)
def test_another_format_is_told(file, name, said):
    """A file of another format says which ones are read."""
    path = file("x", name)
    assert told(path) == (str(path), said, "accepted: .csv, .tsv, .txt, .parquet")


def test_a_header_alone_is_told(file):
    """A CSV with a header only has no rows."""
    path = file("a,b\n")
    assert told(path) == (str(path), "there is a header, but no rows", "bring rows")


def test_parquet_without_rows_is_told(tmp_path):
    """A Parquet file with columns only has no rows."""
    path = tmp_path / "table.parquet"
    FRAME.clear().write_parquet(path)
    assert told(path) == (str(path), "there is a header, but no rows", "bring rows")


def test_what_is_no_parquet_is_told(file):
    """A file that only calls itself Parquet is told in one line, with the reader's word for it."""
    path = file("a,b\n1,2\n", "table.parquet")
    where, what, hint = told(path)
    assert (where, hint) == (str(path), "write it again")
    assert what.startswith("is not Parquet: ")
    assert "\n" not in what


@pytest.mark.parametrize(
    ("content", "line", "fields"),
    [
        ("a,b\n1,2\n3,4,5\n", 3, 3),
        ("a,b\n1,2\n3\n5,6\n", 3, 1),
        ('a,b\n"two\nlines",2\n3,4,5\n', 4, 3),
        ("a,b\n1,2\n\n3,4,5\n", 4, 3),
    ],
    ids=["too many", "too few", "after a text of two lines", "after an empty line"],
)
def test_a_ragged_row_is_told(file, content, line, fields):
    """A row that is wider or narrower than the header is told by its line in the file."""
    path = file(content)
    assert told(path) == (
        str(path),
        f"line {line} has {fields} fields, the header has 2",
        "mend that line, or set [data] separator if it is not ','",
    )


def test_an_open_quotation_mark_is_told(file):
    """A quotation mark that is never closed swallows the rest of the file; the line where it opens is told."""
    path = file('a,b\n1,2\n"3,4\n' + "5,6\n" * 100)
    assert told(path) == (
        str(path),
        "line 3 has 1 fields, the header has 2",
        "mend that line, or set [data] separator if it is not ','",
    )


def test_a_quotation_mark_inside_of_a_text_is_told(file):
    """A quotation mark in the middle of a text that is not quoted is told, not guessed at."""
    path = file('a,b\nx"y,2\n')
    where, what, hint = told(path)
    assert (where, hint) == (str(path), "is it UTF-8, and the separator right?")
    assert what.startswith("cannot be read as CSV: ")


def test_another_encoding_is_told(file):
    """A file in Latin-1 is told with the first byte that is not UTF-8."""
    path = file("a,b\nBelém,2\nSão Paulo,3\n".encode("latin-1"))
    assert told(path) == (
        str(path),
        "is not UTF-8: it holds the byte 0xe9",
        "save it as UTF-8; it may be Latin-1 now",
    )


def test_another_encoding_far_down_is_told(file):
    """A byte that is not UTF-8 is told though the first rows are."""
    path = file(b"a,b\n" + b"x,2\n" * 5000 + b"Bel\xe9m,2\n")
    where, what, hint = told(path)
    assert (where, hint) == (str(path), "is it UTF-8, and the separator right?")
    assert what.startswith("cannot be read as CSV: ")


def test_a_name_that_stands_twice_is_told(file):
    """Two columns of one name are told; none is renamed in silence."""
    path = file("a,b,a\n1,2,3\n")
    assert told(path) == (str(path), 'the header names "a" 2 times', "give every column a name of its own")
