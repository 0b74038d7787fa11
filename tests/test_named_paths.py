"""Paths that a user names."""

from __future__ import annotations

from pathlib import Path

import pytest

from keepfit.errors import DatasetError, KeepfitError
from keepfit.named_paths import require_folder


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    """The message says how the user calls the file, which folder there is not, and what to do."""
    with pytest.raises(KeepfitError) as caught:
        require_folder(tmp_path / "repotrs" / "x.json", "--out")
    assert str(caught.value) == f"--out {tmp_path / 'repotrs'}: no such folder; make it, or name another"
    assert not [*tmp_path.iterdir()]


def test_a_room_may_tell_it_as_its_own(tmp_path):
    """As an error of its family."""
    with pytest.raises(DatasetError, match="no such folder"):
        require_folder(tmp_path / "none" / "x.csv", "OUT", DatasetError)


def test_a_folder_that_is_there_passes(tmp_path, monkeypatch):
    """The present one too, which a bare name is in."""
    monkeypatch.chdir(tmp_path)
    require_folder(tmp_path / "x.json", "--out")
    require_folder(Path("x.json"), "--out")
