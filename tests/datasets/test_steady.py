"""A file that changes while it is read."""

from __future__ import annotations

import os

import pytest

from keepfit.datasets import conversion, fetch_table, source
from keepfit.datasets.conversion import as_parquet
from keepfit.datasets.steady import stamp, unchanged
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

SECTION = DataSection(source="mine.csv", target="y")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("x,y\n1,a\n2,b\n")
    return path


def append(path):
    with path.open("a") as opened:
        opened.write("3,c\n")


def rewrite(path):
    stamp = path.stat()
    path.write_text("x,y\n7,a\n8,b\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))


def replace(path):
    stamp = path.stat()
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    other.replace(path)


CHANGES = [append, rewrite, replace, lambda path: path.unlink()]
SAID = "changed while it was read; try again when whoever writes it is done"


@pytest.mark.parametrize("change", CHANGES, ids=["appended", "rewritten", "replaced", "removed"])
def test_a_change_is_told(file, change):
    """Another size, another time, another file, or none."""
    with pytest.raises(DatasetError) as caught, unchanged(file):
        change(file)
    assert str(caught.value) == f"{file}: {SAID}"


def test_a_file_that_stays_is_read(file):
    """Reading is no change, and an error without a change is told as it is."""
    with unchanged(file):
        file.read_text()
    with pytest.raises(DatasetError, match="ragged"), unchanged(file):
        raise DatasetError("ragged")


def test_a_change_explains_an_error(file):
    """Half a file is ragged because it changes: that is what is told, with the error as its cause."""
    before = stamp(file)
    append(file)
    with pytest.raises(DatasetError, match="changed while it was read") as caught, unchanged(file, since=before):
        raise DatasetError("ragged")
    assert str(caught.value.__cause__) == "ragged"


@pytest.mark.parametrize("name", ["read_table", "file_digest"])
def test_a_table_that_grows_while_it_is_read_is_told(tmp_path, file, monkeypatch, name):
    """Rows that are appended while the table is read, or its digest is made, are no part of a table."""
    whole = getattr(source, name)

    def growing(path, **options):
        found = whole(path, **options)
        append(path)
        return found

    monkeypatch.setattr(source, name, growing)
    with pytest.raises(DatasetError) as caught:
        fetch_table(SECTION, folder=tmp_path, cache=tmp_path, seed=1)
    assert str(caught.value) == f"{file}: {SAID}"


def test_a_table_that_grows_while_it_is_converted_is_told(tmp_path, file, monkeypatch):
    """A conversion is a reading too."""
    whole = conversion.write_csv_as_parquet

    def growing(path, *rest):
        whole(path, *rest)
        append(path)

    monkeypatch.setattr(conversion, "write_csv_as_parquet", growing)
    with pytest.raises(DatasetError, match="changed while it was read"):
        as_parquet(file, tmp_path / "cache", SECTION)
    assert list((tmp_path / "cache").iterdir()) == []
