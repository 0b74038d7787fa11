"""When a file is whole."""

from __future__ import annotations

import io

import polars as pl
import pytest

from keepfit.datasets.arrivals.wholeness import SETTLED_SECONDS, what_it_lacks
from keepfit.errors import DatasetError


def parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame({"x": range(1000)}).write_parquet(file)
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"x", b"x\n1", b"PAR", b"PAR1PAR1", parquet()[:-1], parquet()[:700]])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_part_of_a_file_lacks_something(tmp_path, content, suffix):
    """An empty one, a line without its end, a Parquet without its footer: in words."""
    path = tmp_path / f"new{suffix}"
    path.write_bytes(content)
    said = what_it_lacks(path, unchanged_seconds=0.0)
    assert said == "is empty" if not content else said.startswith("is half-written: ")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"x\n1\n"), ("a.CSV", b"x\r\n1\r\n"), ("a.tsv", b"x\r1\r"), ("a.parquet", parquet())],
)
def test_a_whole_file_lacks_nothing(tmp_path, name, content):
    """Whatever its line ends are."""
    (tmp_path / name).write_bytes(content)
    assert what_it_lacks(tmp_path / name, unchanged_seconds=0.0) == ""


@pytest.mark.parametrize(("name", "is_whole"), [("a.csv", True), ("a.parquet", False)])
def test_only_a_csv_gets_whole_by_waiting(tmp_path, name, is_whole):
    """Its last line may lack its end; a Parquet never lacks its footer, and nothing is in an empty file."""
    (tmp_path / name).write_bytes(b"x\n1")
    assert (what_it_lacks(tmp_path / name, unchanged_seconds=SETTLED_SECONDS) == "") is is_whole
    (tmp_path / name).write_bytes(b"")
    assert what_it_lacks(tmp_path / name, unchanged_seconds=3600.0) == "is empty"


def test_a_file_that_is_gone_is_told(tmp_path):
    """The caller looks whether that matters."""
    with pytest.raises(DatasetError, match="cannot be read"):
        what_it_lacks(tmp_path / "gone.csv", unchanged_seconds=0.0)
