"""A table that is written batch by batch is the table that is written at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from keepfit.datasets.table_writer import table_writer
from keepfit.errors import DatasetError

FRAME = pl.DataFrame({"a": range(10), "b": [0.1, None] * 5, "c": ['x,"y"', "z\n"] * 5})
READ = {".csv": pl.read_csv, ".parquet": pl.read_parquet}
SUFFIXES = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


def write_often(path, suffix):
    with table_writer(path, FRAME.schema, becomes=Path(f"t{suffix}")) as writer:
        for _ in range(100):
            writer.write(FRAME)


@SUFFIXES
@pytest.mark.parametrize("rows", [1, 3, 10])
def test_batches_become_one_table(tmp_path, suffix, rows):
    """In their order, under any name: what it becomes says which form it has."""
    with table_writer(tmp_path / "part", FRAME.schema, becomes=Path(f"t{suffix}")) as writer:
        for batch in FRAME.iter_slices(rows):
            writer.write(batch)
    assert READ[suffix](tmp_path / "part").equals(FRAME)


@SUFFIXES
def test_a_table_may_have_no_rows(tmp_path, suffix):
    """It has its columns nevertheless."""
    with table_writer(tmp_path / "part", FRAME.schema, becomes=Path(f"t{suffix}")):
        pass
    assert READ[suffix](tmp_path / "part").columns == FRAME.columns


@SUFFIXES
@pytest.mark.parametrize("batches", [0, 1, 5])
def test_an_error_ends_the_writing(tmp_path, suffix, batches):
    """It goes on as it is, and nothing is left waiting."""
    with (  # noqa: PT012 - the error is raised within
        pytest.raises(ZeroDivisionError),
        table_writer(tmp_path / "part", FRAME.schema, becomes=Path(f"t{suffix}")) as writer,
    ):
        for _ in range(batches):
            writer.write(FRAME)
        raise ZeroDivisionError


@SUFFIXES
def test_what_cannot_be_opened_is_told(tmp_path, suffix):
    """With the file that it would become."""
    with pytest.raises(DatasetError, match=r"^t\.\w+: cannot be written: No such file"):
        write_often(tmp_path / "no" / "part", suffix)


@SUFFIXES
def test_a_full_disk_is_told(suffix):
    """As soon as it is known."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with pytest.raises(DatasetError, match="cannot be written"):
        write_often(Path("/dev/full"), suffix)


def test_lists_do_not_go_into_a_csv(tmp_path):
    """Which has no place for them."""
    frame = pl.DataFrame({"a": [[1]]})
    with (
        pytest.raises(DatasetError, match=r"t\.csv: cannot be written: .*nested"),
        table_writer(tmp_path / "part", frame.schema, becomes=Path("t.csv")) as writer,
    ):
        writer.write(frame)
