"""The header of a CSV: its names, its separator, and the first row that does not fit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.header import (
    SEPARATORS,
    Header,
    first_misquoted_line,
    first_odd_line,
    first_ragged_line,
    read_header,
)
from keepfit.errors import DatasetError


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("header") / "table.csv"


cells = st.text("ab01 ,;|\t\"'\n", max_size=4)


@given(
    separator=st.sampled_from(SEPARATORS),
    names=st.lists(st.text("abcdefgh", min_size=1, max_size=3), min_size=2, max_size=5, unique=True),
    data=st.data(),
)
def test_the_separator_is_found(scratch, separator, names, data):
    """Any table that is written with one of the four separators is cut by that one, when only it is in the names."""
    rows = data.draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), min_size=1, max_size=4))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([names, *rows])
    scratch.write_bytes(text.getvalue().encode())
    found = read_header(scratch)
    assert found == Header(tuple(names), separator)
    assert first_ragged_line(scratch, found) is None


@pytest.mark.parametrize(
    ("content", "names", "separator"),
    [
        ("name;note\n1;a, b\n2;c, d\n", ("name", "note"), ";"),
        ("a,b;c\n1,2\n3,4\n", ("a", "b;c"), ","),
        ("price, new;price, old\n1;2\n3;4\n", ("price, new", "price, old"), ";"),
        ("a|b\n1|2,5\n3|4,5\n", ("a", "b"), "|"),
        ("alone\n1,5\n2,5\n", ("alone",), ","),
    ],
    ids=["commas in the cells", "a semicolon in a name", "commas in the names", "decimal commas", "one column"],
)
def test_the_rows_decide_between_separators(file, content, names, separator):
    """Where the header could be cut by more than one, the separator that cuts the rows to its width is taken."""
    assert read_header(file(content)) == Header(names, separator)


def test_a_given_separator_is_taken(file):
    """A separator that is named is not weighed against others."""
    assert read_header(file("a,b:c,d\n1,2:3,4\n"), ":") == Header(("a,b", "c,d"), ":")


def test_empty_lines_before_the_header_are_none(file):
    """The first line with something in it is the header; a byte order mark is no part of it."""
    assert read_header(file(b"\xef\xbb\xbf\n\na,b\n1,2\n")).names == ("a", "b")


@pytest.mark.parametrize("separator", ["", "ab", "§", '"', "\n", "\r"])
def test_a_separator_that_is_none_is_told(file, separator):
    """A separator is one ASCII character that is neither quotation mark nor line end."""
    path = file("a,b\n1,2\n")
    with pytest.raises(DatasetError) as caught:
        read_header(path, separator)
    assert caught.value.where == str(path)
    assert caught.value.what == f"cannot be cut at {separator!r}"
    assert caught.value.hint == '[data] separator is one character, such as ";"'


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_a_file_without_a_header_is_told(file, content):
    """A file of nothing but line ends is empty."""
    path = file(content)
    with pytest.raises(DatasetError) as caught:
        read_header(path)
    assert str(caught.value) == f"{path}: the file is empty; a header and rows are needed"


def test_a_file_that_cannot_be_opened_is_told(tmp_path):
    """A folder in the place of the file is told with the system's word for it."""
    with pytest.raises(DatasetError) as caught:
        read_header(tmp_path)
    assert str(caught.value) == f"{tmp_path}: cannot be opened: Is a directory; may you read it?"
    assert isinstance(caught.value.__cause__, OSError)


def test_a_byte_that_is_not_utf_8_is_told(file):
    """A byte that UTF-8 has no place for is told in hexadecimal."""
    path = file(b"a,b\n\xff,2\n")
    with pytest.raises(DatasetError) as caught:
        read_header(path)
    assert str(caught.value) == (
        f"{path}: is not UTF-8: line 2 holds the byte 0xff; it looks like Latin-1 or Windows-1252: save it as UTF-8"
    )


def test_a_text_without_an_end_is_told(file):
    """A cell beyond the CSV reader's limit comes of a quotation mark left open, and says so."""
    path = file('a,b\n"' + "x" * (csv.field_size_limit() + 1))
    with pytest.raises(DatasetError) as caught:
        read_header(path)
    assert caught.value.where == str(path)
    assert caught.value.what.startswith("cannot be read as CSV: ")
    assert caught.value.hint == "is the quotation mark on line 2 closed?"


@pytest.mark.parametrize(("content", "place"), [(",a,b\n1,2,3\n", 1), ("a,b, \n1,2,3\n", 3), ("a,b,\n1,2,\n", 3)])
def test_a_column_without_a_name_is_told(file, content, place):
    """By its place: nobody can speak of it otherwise."""
    path = file(content)
    with pytest.raises(DatasetError) as caught:
        read_header(path)
    assert str(caught.value) == f"{path}: column {place} of 3 has no name; write one into the header"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('a,b\n1,2\n"3,4\n5,6\n', 3),
        ('a,b\n"x\ny",1\n1,"x\n2,"y"\n3,z\n', 4),
        ('a,b\n"1"2,3\n', 2),
        ('a,b\n"x\ny","1"" 2"\n5" disk,6\n', None),
    ],
)
def test_the_first_row_with_an_open_quotation_mark_is_found(file, content, line):
    """By the line that the row begins on; a mark within a text that does not begin with one opens nothing."""
    path = file(content)
    assert first_misquoted_line(path, Header(("a", "b"), ",")) == line


def test_a_line_with_an_odd_number_of_quotation_marks_is_found(file):
    """None where all lines have pairs."""
    assert first_odd_line(file('a,b\n1,"2"\n5" disk,6\n')) == 3
    assert first_odd_line(file('a,b\n1,"2"\n')) is None


def test_the_first_name_that_stands_twice_is_told(file):
    """Of several names that stand more than once, the first in sorted order is told with its count."""
    path = file("b,a,b,a,a\n1,2,3,4,5\n")
    with pytest.raises(DatasetError) as caught:
        read_header(path)
    assert str(caught.value) == f'{path}: the header names "a" 3 times; give every column a name of its own'


def test_the_first_ragged_line_is_found(file):
    """The first row of another width is told by the line it begins on, from 1; empty lines are no rows."""
    path = file('a,b\n"1\n1",2\n\n1,2,"3\n3"\n4\n')
    assert first_ragged_line(path, Header(("a", "b"), ",")) == (5, 3)


def test_an_open_quotation_mark_is_no_ragged_line(file):
    """A text that never ends is another fault than a ragged row."""
    path: Path = file('a,b\n1,"' + "x" * (csv.field_size_limit() + 1))
    assert first_ragged_line(path, Header(("a", "b"), ",")) is None
