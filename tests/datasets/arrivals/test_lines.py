"""JSON lines as a source: records by so many, each line an object."""

from __future__ import annotations

import io
import json
import os
import threading
from hashlib import sha256

import pytest

from keepfit.datasets.arrivals.lines import LONGEST_LINE, LinesSource
from keepfit.errors import DatasetError


def read(content: bytes, batch_rows: int = 2):
    return list(LinesSource(io.BytesIO(content), batch_rows).deliveries())


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 7, 100])
def test_lines_are_their_records(batch_rows):
    """All of them in their order, so many at a time; only the last delivery may have fewer."""
    records = [{"age": at, "job": "x:y", "quality": None} for at in range(7)]
    found = read("".join(json.dumps(one) + "\n" for one in records).encode(), batch_rows)
    assert [record for one in found for record in one.rows] == records
    assert {len(one.rows) for one in found[:-1]} <= {batch_rows}
    assert len(found[-1].rows) == (7 % batch_rows or batch_rows)
    assert {one.place for one in found} == {None}


def test_a_delivery_is_called_by_its_lines():
    """Blank lines are counted, and are no records; the key is of the lines' own bytes."""
    found = read(b'\n{"a":1}\n  \n{"a":2}\r\n\n{"a":3}')
    assert [one.name for one in found] == ["lines 2 to 4", "line 6"]
    assert [one.key for one in found] == [sha256(b'{"a":1}\n{"a":2}\n').hexdigest(), sha256(b'{"a":3}\n').hexdigest()]


def test_nothing_comes_of_nothing():
    """An empty stream, or blank lines alone, have no delivery."""
    assert read(b"") == read(b"\n \n") == []


def test_a_byte_order_mark_is_none_of_the_record():
    """Some programs begin a file with it."""
    ((record,),) = (one.rows for one in read(b'\xef\xbb\xbf{"a":1}\n'))
    assert record == {"a": 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[1, 2]", "is no JSON object: expected `object`, got `array`: [1, 2]"),
        (b'{"a": 1', "is no JSON object"),
        (b'{"a": 1} {"a": 2}', "is no JSON object: trailing characters"),
        (b"a,b", "is no JSON object"),
        (b'{"a": NaN}', "holds NaN, which JSON does not have; null is a missing value"),
        (b'{"a": -Infinity}', "holds -Infinity, which JSON does not have"),
        (b'{"a": 1e999}', "is no JSON object: number out of range"),
        (b'{"a": "\xff"}', "is not UTF-8: byte 8 is 0xff; write the lines in UTF-8"),
        (b'{"a": 1, "a": 2}', 'has the key "a" twice'),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "is nested too deep"),
        (b'{"a": "' + b"x" * LONGEST_LINE + b'"}', "is longer than 1000000 bytes"),
    ],
)
def test_a_line_that_is_no_record_is_refused(line, said):
    """By its number; the deliveries before it were handed over."""
    deliveries = LinesSource(io.BytesIO(b'{"a": 0}\n\n' + line + b'\n{"a": 3}\n'), 1).deliveries()
    assert next(deliveries).rows == ({"a": 0},)
    with pytest.raises(DatasetError) as caught:
        next(deliveries)
    assert str(caught.value).startswith(f"line 3: {said}")
    assert len(str(caught.value)) < 300


def test_a_line_without_an_end_is_not_held():
    """No more is read of it than the longest line has."""
    stream = io.BytesIO(b"x" * (3 * LONGEST_LINE))
    with pytest.raises(DatasetError, match="line 1: is longer"):
        list(LinesSource(stream, 1).deliveries())
    assert stream.tell() <= LONGEST_LINE + 1


def test_a_pipe_hands_over_what_is_there():
    """A full batch comes while its writer still holds the pipe open and says nothing more."""
    reading, writing = os.pipe()
    may_end = threading.Event()

    def write():
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            pipe.write(b'{"a": 1}\n{"a": 2}\n{"a"')
            assert may_end.wait(20)
            pipe.write(b": 3}\n")

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, "rb") as pipe:
        deliveries = LinesSource(pipe, 2).deliveries()
        assert next(deliveries).rows == ({"a": 1}, {"a": 2})
        may_end.set()
        assert [one.rows for one in deliveries] == [({"a": 3},)]
    writer.join(20)
