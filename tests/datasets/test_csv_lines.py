"""The lines of a CSV, mended for reading."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets import csv_lines as subject
from keepfit.datasets.csv_lines import CsvLines, csv_lines, mended, write_mended

cells = st.text("ab\n\r \"',", max_size=5)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("lines") / "table.csv"


@pytest.mark.parametrize(
    ("content", "only_returns", "blanks"),
    [
        (b"a\n1\n", False, False),
        (b"a\r\n1\r\n", False, False),
        (b"a\r1\r", True, False),
        (b"a\n\n1\n", False, True),
        (b"a\r\n1\r\n\r\n", False, True),
        (b"a\r\r1\r", True, True),
        (b"a", False, False),
    ],
)
@pytest.mark.parametrize("chunk", [1 << 20, 2, 3])
def test_line_ends_are_found(scratch, monkeypatch, content, only_returns, blanks, chunk):
    """Which ends there are, and whether two follow each other, wherever the chunks are cut."""
    scratch.write_bytes(content)
    monkeypatch.setattr(subject, "_CHUNK_BYTES", max(chunk, content.find(b"\n") + 1))
    assert csv_lines(scratch) == CsvLines(only_returns, blanks)


@given(
    st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.lists(st.integers(0, 5), max_size=3),
)
def test_only_blank_lines_are_left_out(scratch, rows, end, blanks):
    """A table with blank lines between its rows is mended to the table without, whatever its texts hold."""
    texts = []
    for row in rows:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(row)
        texts.append(text.getvalue())
    whole = "".join(texts).encode()
    for at in blanks:
        texts.insert(min(at, len(texts)), end)
    scratch.write_bytes("".join(texts).encode())
    lines = CsvLines(has_only_returns=False, has_blanks=True)
    assert mended(scratch, lines, 2) == whole
    write_mended(scratch, scratch.with_suffix(".mended"), lines, 2)
    assert scratch.with_suffix(".mended").read_bytes() == whole


@pytest.mark.parametrize("chunk", [1, 4, 100])
def test_returns_become_line_feeds(scratch, monkeypatch, chunk):
    """A file of carriage returns is mended, wherever the chunks are cut; of one column, its blank lines stay."""
    monkeypatch.setattr(subject, "_CHUNK_BYTES", chunk)
    scratch.write_bytes(b"a,b\r1,2\r\r3,4\r")
    lines = CsvLines(has_only_returns=True, has_blanks=True)
    assert mended(scratch, lines, 2) == b"a,b\n1,2\n3,4\n"
    assert mended(scratch, lines, 1) == b"a,b\n1,2\n\n3,4\n"


def test_what_needs_no_mending():
    """Blank lines need it only where a row is more than one cell."""
    assert not CsvLines(has_only_returns=False, has_blanks=True).needs_mending(1)
    assert CsvLines(has_only_returns=False, has_blanks=True).needs_mending(2)
    assert CsvLines(has_only_returns=True, has_blanks=False).needs_mending(1)
