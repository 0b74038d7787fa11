"""Ready profiles as a window: whoever has counted them, in the order of their times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.errors import MonitoringError
from keepfit.profiles import Profile, count_window, merge
from keepfit.profiles.profile_file import KeptProfile, read_profile
from keepfit.reporting import write_json
from keepfit.scoring import history_door
from keepfit.workflows.windows.profiles import profile_window
from profiled_project import SIGNATURE, add_champion, make_profiled, rows


@pytest.fixture
def rooms(tmp_path):
    return make_profiled(tmp_path / "project")


@pytest.fixture
def keep(rooms, tmp_path):
    """Writes the profile of a seed's rows, and returns its file."""

    def kept(seed: int, at: str | None = None, version: int = 1, name: str = ""):
        reference = Profile.from_dict(rooms.store.champion().profile)
        matrix = history_door(SIGNATURE).table(rows(seed))
        profile = count_window(reference, matrix, np.full(len(matrix), np.nan))
        path = tmp_path / f"{name or seed}.json"
        write_json(KeptProfile("t", version, "the journal", at, at, profile).to_dict(), path)
        return path

    return kept


def counted(rooms, seed: int) -> Profile:
    matrix = history_door(SIGNATURE).table(rows(seed))
    return count_window(Profile.from_dict(rooms.store.champion().profile), matrix, np.full(len(matrix), np.nan))


def test_profiles_add_up_in_the_order_of_their_times(rooms, keep):
    """Whatever the order in which they are named."""
    late, early = keep(2, "2026-02-01T00:00:00.000000Z"), keep(3, "2026-01-01T00:00:00.000000Z")
    window, _ = profile_window([late, early], rooms.store.champion())
    assert [one.profile for one in window.stretches] == [counted(rooms, 3), counted(rooms, 2)]
    assert window.profile == merge(counted(rooms, 3), counted(rooms, 2))
    assert (window.first_at.month, window.last_at.month, window.source) == (1, 2, "2.json, 3.json")


def test_without_times_they_stay_in_the_order_in_which_they_are_named(rooms, keep):
    """One whose time is not known has no place among the others."""
    window, _ = profile_window([keep(2, "2026-02-01T00:00:00.000000Z"), keep(3)], rooms.store.champion())
    assert [one.profile for one in window.stretches] == [counted(rooms, 2), counted(rooms, 3)]


def test_a_profile_of_an_older_champion_is_refused(rooms, keep):
    """Its bins are others: the file is named, and what to do."""
    old = keep(2)
    add_champion(rooms, 2)
    with pytest.raises(MonitoringError, match=r"2\.json: is older than the champion.*; count it again"):
        profile_window([keep(3, version=2), old], rooms.store.champion())


def test_a_file_that_is_no_profile_is_refused(rooms, tmp_path):
    """A table that was named by mistake, for example."""
    path = tmp_path / "w.json"
    path.write_text('[{"age": 30}]')
    with pytest.raises(MonitoringError, match=r"w\.json: it is no profile that `keepfit profile` has written"):
        profile_window([path], rooms.store.champion())


def test_a_profile_that_is_named_twice_is_refused(rooms, keep):
    """Its rows would count twice."""
    path = keep(2)
    with pytest.raises(MonitoringError, match=r"2\.json: is named twice; its rows would count twice"):
        profile_window([path, path.parent / "." / path.name], rooms.store.champion())


def test_columns_that_one_of_them_does_not_keep_are_told(rooms, keep, tmp_path):
    """They are in no comparison: that they are missing says nothing."""
    kept = read_profile(keep(2))
    write_json(replace(kept, not_kept=("age",)).to_dict(), tmp_path / "hidden.json")
    _, not_kept = profile_window([keep(3), tmp_path / "hidden.json"], rooms.store.champion())
    assert not_kept == {"age"}
