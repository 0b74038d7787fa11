"""A file that takes its place only when it is whole."""

from __future__ import annotations

import pytest

from keepfit.datasets.replacing import replacing
from keepfit.errors import DatasetError


def test_what_was_written_takes_the_place(tmp_path):
    """The folder is made, and nothing else is left in it."""
    path = tmp_path / "cache" / "table.csv"
    with replacing(path) as part:
        part.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_what_failed_leaves_what_was_there(tmp_path):
    """The file of before stays, the half of the new one goes."""
    path = tmp_path / "table.csv"
    path.write_text("before")
    with pytest.raises(ValueError, match="half"), replacing(path) as part:
        raise ValueError(part.write_text("half") and "half")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_refuses_is_told(tmp_path):
    """The system's word for it, and what to check."""
    path = tmp_path / "table.csv"
    with pytest.raises(DatasetError) as caught, replacing(path):
        raise OSError(28, "No space left on device")
    assert str(caught.value) == (
        f"{path}: cannot be written: No space left on device; check its folder, its rights and the space on the disk"
    )
