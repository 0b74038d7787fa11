"""A file's key and its rows: those of the same bytes, or an error."""

from __future__ import annotations

from hashlib import sha256

import polars as pl
import pytest

from keepfit.datasets.arrivals.contents import ArrivedTable, content_key
from keepfit.datasets.steady import stamp
from keepfit.errors import DatasetError


def test_a_key_is_of_the_bytes(tmp_path):
    """SHA-256, so the name and the time of a file have no say."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"x\n1\n")
    assert content_key(tmp_path / "a.csv") == content_key(tmp_path / "b.csv") == sha256(b"x\n1\n").hexdigest()


def test_a_file_that_is_gone_is_told(tmp_path):
    """With its name and the system's word."""
    with pytest.raises(DatasetError, match=r"gone\.csv: cannot be read: No such file"):
        content_key(tmp_path / "gone.csv")


def test_rows_are_those_of_the_file(tmp_path):
    """A table that nobody writes to is read as any other."""
    path = tmp_path / "a.parquet"
    pl.DataFrame({"x": [1, 2, 3], "y": ["a", "b", "c"]}).write_parquet(path)
    table = ArrivedTable(path, None, stamp(path))
    assert (table.rows, table.holds_texts, list(table.schema)) == (3, False, ["x", "y"])
    assert pl.concat(table.read(["x"], rows=2))["x"].to_list() == [1, 2, 3]


@pytest.mark.parametrize("is_open", [False, True])
def test_a_file_that_is_written_to_is_refused(tmp_path, is_open):
    """What has changed since its key was made is not taken for what the key says, opened already or not."""
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n")
    since = stamp(path)
    table = ArrivedTable(path, None, since) if is_open else None
    with path.open("a") as file:
        file.write("3,4\n")
    with pytest.raises(DatasetError, match=r"a\.csv: changed while it was read"):
        list((table or ArrivedTable(path, None, since)).read(["x"], rows=10))
