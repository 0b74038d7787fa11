"""A file as a source: one delivery."""

from __future__ import annotations

from hashlib import sha256

import polars as pl
import pytest

from keepfit.datasets.arrivals.file import FileSource
from keepfit.errors import DatasetError

TABLE = pl.DataFrame({"alcohol": [9.4, 9.8, 10.0], "quality": [5, 6, 7]})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_is_one_delivery(tmp_path, suffix):
    """By its name, known again by its bytes, with all of its rows; nothing waits behind it."""
    path = tmp_path / f"wine.{suffix}"
    getattr(TABLE, f"write_{suffix}")(path)
    (found,) = FileSource(path, None).deliveries()
    assert (found.name, found.key) == (path.name, sha256(path.read_bytes()).hexdigest())
    assert (found.waiting_rows, found.place, found.rows.rows) == (0, None, 3)
    rows = pl.concat(found.rows.read(TABLE.columns, rows=2))
    assert rows.cast(dict(TABLE.schema)).equals(TABLE)


def test_the_separator_is_the_projects(tmp_path):
    """A declared separator is not guessed."""
    path = tmp_path / "wine.csv"
    path.write_text("a|b,c\n1|2\n")
    (found,) = FileSource(path, "|").deliveries()
    assert list(found.rows.schema) == ["a", "b,c"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.csv", None, "no such file"),
        ("empty.csv", b"", "the file is empty"),
        ("wine.xlsx", b"PK", "cannot read .xlsx files"),
        ("wine.parquet", b"PAR1", "cannot be read as Parquet"),
    ],
)
def test_what_is_no_table_is_told(tmp_path, name, content, said):
    """With the file's name."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=said) as caught:
        list(FileSource(tmp_path / name, None).deliveries())
    assert caught.value.where == str(tmp_path / name)
