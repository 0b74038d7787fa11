"""What a folder holds, look by look."""

from __future__ import annotations

import os

import pytest

from keepfit.datasets.arrivals.sightings import Sightings
from keepfit.errors import DatasetError


def write(path, seconds, content="x\n1\n"):
    path.write_text(content)
    os.utime(path, (seconds, seconds))


def test_the_oldest_comes_first(tmp_path):
    """By the time of the last write, then by name."""
    for name, seconds in [("b.csv", 20), ("c.parquet", 10), ("a.csv", 20)]:
        write(tmp_path / name, seconds)
    assert [one.path.name for one in Sightings(tmp_path).look()] == ["c.parquet", "a.csv", "b.csv"]


def test_hidden_files_and_other_things_are_no_tables(tmp_path):
    """Hidden ones belong to who is still copying; the others are named."""
    for name in (".new.csv.Xa1", ".new.csv", "notes.md", "new.csv.part", "new.csv"):
        write(tmp_path / name, 10)
    (tmp_path / "old.csv").mkdir()
    sightings = Sightings(tmp_path)
    assert [one.path.name for one in sightings.look()] == ["new.csv"]
    assert sightings.others == {"notes.md", "new.csv.part", "old.csv"}


def test_what_is_known_of_a_file_holds_until_it_changes(tmp_path):
    """Each look that finds it the same counts; another size or time begins anew."""
    path = tmp_path / "new.csv"
    write(path, 10)
    sightings = Sightings(tmp_path)
    (first,) = sightings.look()
    first.key, first.lacks = "k", "is half-written"
    (second,) = sightings.look()
    assert second is first
    assert second.looks == 2
    write(path, 11)
    (third,) = sightings.look()
    assert (third.looks, third.key, third.lacks) == (1, "", "is half-written")
    write(path, 11, "x\n1\n2\n")
    assert sightings.look()[0].looks == 1


def test_a_file_is_called_by_its_name_or_its_key(tmp_path):
    """One that vanished is forgotten."""
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, 10)
    sightings = Sightings(tmp_path)
    one, other = sightings.look()
    one.key = other.key = "k"
    assert sightings.called("a.csv") == [one]
    assert sightings.called("k") == [one, other]
    one.path.unlink()
    sightings.look()
    assert sightings.called("a.csv") == []


def test_time_without_a_write_is_told_by_the_file_too(tmp_path):
    """An old file has not to be watched for long; one from the future has."""
    write(tmp_path / "old.csv", 10)
    write(tmp_path / "z.csv", 4e9)
    old, future = Sightings(tmp_path).look()
    assert old.unchanged_seconds() > 1e9
    assert 0 <= future.unchanged_seconds() < 1e3


def test_no_folder_is_told(tmp_path):
    """An absent one, and a file."""
    write(tmp_path / "new.csv", 10)
    with pytest.raises(DatasetError, match="gone: no such folder; make it"):
        Sightings(tmp_path / "gone").look()
    with pytest.raises(DatasetError, match=r"new\.csv: is no folder"):
        Sightings(tmp_path / "new.csv").look()


def test_a_link_to_nothing_is_no_error(tmp_path):
    """It is what a file that vanishes between two looks is."""
    (tmp_path / "new.csv").symlink_to(tmp_path / "gone.csv")
    sightings = Sightings(tmp_path)
    assert sightings.look() == []
    assert sightings.others == set()
