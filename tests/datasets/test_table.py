"""Reading a table: what its rows become, and what is said of a file that is none."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets import clean_table
from keepfit.datasets.table import read_table
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection


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


@pytest.mark.parametrize(
    ("content", "line"), [('a,b\n1,2\n"3,4\n' + "5,6\n" * 100, 3), ('a,b\n1,2\nx"y,2\n', 3)], ids=["open", "inside"]
)
def test_an_open_quotation_mark_is_told(file, content, line):
    """One that swallows the rest of the file, and one in the middle of a text, by the line where it stands."""
    path = file(content)
    assert told(path) == (
        str(path),
        f"line {line} has a quotation mark that is not closed where its text ends",
        'close it; a text with a mark in it is quoted, and the mark written twice: "5"" disk"',
    )


@pytest.mark.parametrize("rows", [0, 5000], ids=["in the first rows", "far down"])
@pytest.mark.parametrize(
    ("encoding", "byte", "guess"),
    [("latin-1", 0xE9, "Latin-1 or Windows-1252"), ("cp1252", 0x80, "Windows-1252"), ("utf-16", 0xFF, "UTF-16")],
)
def test_another_encoding_is_told(file, rows, encoding, byte, guess):
    """A file in another encoding is told with the first line and byte that are not UTF-8, and what it looks like."""
    price = "\u20ac 3" if encoding == "cp1252" else "Bel\xe9m"
    path = file(("a,b\n" + "x,2\n" * rows + f"{price},2\n").encode(encoding))
    line = 1 if encoding == "utf-16" else rows + 2
    assert told(path) == (
        str(path),
        f"is not UTF-8: line {line} holds the byte 0x{byte:02x}",
        f"it looks like {guess}: save it as UTF-8",
    )


def test_a_declared_separator_that_leaves_one_column_is_told(file):
    """Where another separator cuts every row, a declared one that cuts none is told; with one column it is right."""
    path = file("a;b\n1;2,5\n3;4,5\n")
    assert told(path, separator="|") == (
        str(path),
        "is one column when it is cut at '|': it looks separated by ';'",
        "correct [data] separator, or leave it out",
    )
    assert read_table(file("a\n1,5\n"), separator="|").rows() == [("1,5",)]


# codes


@pytest.mark.parametrize("code", ["007", "0034", "00", '"007"', "00.5", "+49"])
def test_a_leading_zero_makes_a_text(file, code):
    """A code or zip is a text as it stands, wherever in the column it is; its column is no number."""
    rows = ["1,1\n"] * 3000
    for at in (0, 1500, 2999):
        path = file("a,b\n" + "".join([*rows[:at], f"{code},2\n", *rows[at + 1 :]]))
        frame = read_table(path)
        assert frame.schema == {"a": pl.String, "b": pl.Int64}
        assert frame["a"][at] == code.strip('"')


def test_a_zero_is_a_number(file):
    """A zero alone, before a decimal point, or behind a sign is a number."""
    frame = read_table(file("a,b,c\n0,0.5,-05\n-0,-0.25,7\n"))
    assert frame.to_dict(as_series=False) == {"a": [0, 0], "b": [0.5, -0.25], "c": [-5, 7]}


def test_codes_may_be_declared_numbers(file):
    """Numbers that somebody filled with zeros are numbers when the project says so."""
    frame = read_table(file("a,y\n007,x\n012,y\n"))
    section = DataSection(source="mine.csv", target="y", numbers=["a"])
    assert clean_table(frame, section).frame["a"].to_list() == [7, 12]


# lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_are_no_rows(file, end):
    """Blank lines before, between and after the rows are none; a line of separators is one without values."""
    lines = ["", "a,b", "", "1,2", "", "", ",", "3,4", "", ""]
    assert read_table(file(end.join(lines))).rows() == [(1, 2), (None, None), (3, 4)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_blank_line_of_one_column_is_a_missing_value(file, end):
    """In a file of one column a row without a value is written as a blank line; the end of the last line is no row."""
    path = file(end.join(["a", "1", "", "3", "", ""]))
    assert read_table(path)["a"].to_list() == [1, None, 3, None]
    written = pl.DataFrame({"a": [1, None, 3, None]})
    assert read_table(file(written.write_csv(line_terminator=end)))["a"].to_list() == [1, None, 3, None]


def test_blank_lines_within_a_text_stay(file):
    """A blank line inside quotation marks belongs to the text, though others are left out."""
    frame = read_table(file('a,b\n"x\n\ny",1\n\n"say ""no""\n\n",2\n\n'))
    assert frame.rows() == [("x\n\ny", 1), ('say "no"\n\n', 2)]


@pytest.mark.parametrize(
    "content", ["a,b\r1,2\r3,4\r", "a,b\r1,2\r3,4", '\ufeffa,b\r"1",2\r\r3,4\r'], ids=["ended", "open", "marked"]
)
def test_line_ends_of_old_macs(file, content):
    """Carriage returns alone end lines too."""
    assert read_table(file(content)).to_dict(as_series=False) == {"a": [1, 3], "b": [2, 4]}


def test_a_ragged_row_of_an_old_mac_is_told(file):
    """Its line is counted by its line ends."""
    assert told(file("a,b\r1,2\r\r3,4,5\r"))[1] == "line 4 has 3 fields, the header has 2"


def test_mixed_line_ends_are_told(file):
    """A header that ends in a carriage return alone, in a file of line feeds, is no header."""
    path = file("a,b\r1,2\n3,4\n")
    assert told(path) == (
        str(path),
        "its lines end in different ways: some in a carriage return alone",
        "save it with one kind of line ends",
    )


def test_a_name_with_marks_is_a_name(tmp_path):
    """A file's name is no pattern for names."""
    path = tmp_path / "table[1]*.csv"
    FRAME.write_csv(path)
    assert_frame_equal(read_table(path), FRAME)


def test_a_name_that_stands_twice_is_told(file):
    """Two columns of one name are told; none is renamed in silence."""
    path = file("a,b,a\n1,2,3\n")
    assert told(path) == (str(path), 'the header names "a" 2 times', "give every column a name of its own")
