"""Workers of a service count together what they have answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

import numpy as np
import pytest

from keepfit.monitoring.served_profiles import ServedProfiles
from keepfit.profiles import build_profile, count_window, merge
from keepfit.profiles.profile_file import KeptProfile
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature((Column("age", Kind.INTEGER, minimum=0, maximum=90),), Outcome("y", "no", "yes"))
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = np.arange(0.0, 90.0, dtype=np.float32).reshape(-1, 1)
REFERENCE = build_profile(SIGNATURE, VALUES, VALUES[:, 0] / np.float64(90))


def counted(first: int, end: int):
    return count_window(REFERENCE, VALUES[first:end], np.zeros(end - first))


def add(profiles: ServedProfiles, first: int, end: int, version: int = 1) -> None:
    """Take rows that were answered in as many minutes."""
    moments = [BEGAN + timedelta(minutes=at) for at in (first, end - 1)]
    profiles.add(version, counted(first, end), *moments)


def told(first: int, end: int, rows: int, version: int = 1) -> KeptProfile:
    """Return what is expected: times of the first and the last minute, and so many rows."""
    ends = [f"2026-01-01T{at // 60:02d}:{at % 60:02d}:00.000000Z" for at in (first, end - 1)]
    return KeptProfile("t", version, "the service", *ends, counted(first, first + rows))


def test_a_process_of_its_own_adds_up_what_it_has_answered():
    """Each version for itself; of another one there is nothing."""
    profiles = ServedProfiles("t")
    add(profiles, 0, 10)
    add(profiles, 50, 60, version=2)
    assert profiles.together(1) == told(0, 10, 10)
    add(profiles, 10, 30)
    assert profiles.together(1) == told(0, 30, 30)
    assert profiles.together(2) == told(50, 60, 10, version=2)
    assert profiles.together(3) is None


def test_workers_tell_what_all_of_them_have_kept(tmp_path):
    """Whoever is asked; projects that share a folder are told apart."""
    first, second = (ServedProfiles("t", tmp_path, slot) for slot in (0, 1))
    other = ServedProfiles("another", tmp_path, 0)
    for profiles, rows in ((first, (0, 20)), (second, (20, 40)), (other, (40, 60))):
        add(profiles, *rows)
        profiles.keep()
    assert first.together(1) == second.together(1) == told(0, 40, 40)
    add(second, 40, 50)
    assert first.together(1) == told(0, 40, 40)
    second.keep()
    assert first.together(1) == told(0, 50, 50)


def test_a_worker_that_replaces_another_counts_on(tmp_path):
    """What the dead one has kept is not lost, and not counted twice."""
    before = ServedProfiles("t", tmp_path, 1)
    add(before, 0, 20)
    before.keep()
    after = ServedProfiles("t", tmp_path, 1)
    add(after, 20, 25)
    assert after.together(1) == told(0, 25, 25)
    assert ServedProfiles("t", tmp_path, 0).together(1) == told(0, 25, 25)


@pytest.mark.parametrize("order", [1, -1])
def test_what_comes_out_of_order_is_added_all_the_same(order):
    """The ends are the first and the last moment of all."""
    profiles = ServedProfiles("t")
    parts = [(0, 30), (30, 60), (60, 90)][::order]
    for part in parts:
        add(profiles, *part)
    kept = profiles.together(1)
    assert (kept.first_at, kept.last_at) == ("2026-01-01T00:00:00.000000Z", "2026-01-01T01:29:00.000000Z")
    assert kept.profile == reduce(merge, [counted(*part) for part in parts])
