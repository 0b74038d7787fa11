"""The journal's rows as a window: counted part by part, the newest first, told in the order of time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from keepfit.journal import Prediction, PredictionIds, Window
from keepfit.profiles import Profile, count_window
from keepfit.scoring import history_door
from keepfit.workflows.windows.journal import journal_window
from profiled_project import SIGNATURE, make_profiled, require_same, rows

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 300
RECORDS = rows(5).to_dicts()
SCORES = np.arange(ROWS) / ROWS
_new_id = PredictionIds()


def answered(at: int) -> Prediction:
    """Return an answer that was given so many minutes after the beginning."""
    sent = json.dumps({**RECORDS[at], "id": f"e{at}"})
    when = BEGAN + timedelta(minutes=at)
    return Prediction(_new_id(), when, "t", 1, f"e{at}", sent, SCORES[at], "no", 1e-5)


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    rooms = make_profiled(tmp_path_factory.mktemp("journal"))
    with rooms.journal() as journal:
        journal.record_predictions([answered(at) for at in range(ROWS)])
    return rooms


def counted(rooms, first: int, end: int) -> Profile:
    """Return the profile of answers by their minutes, made at once of the table that they were asked with."""
    matrix = history_door(SIGNATURE).table(rows(5)[first:end])
    return count_window(Profile.from_dict(rooms.store.champion().profile), matrix, SCORES[first:end])


def window_of(rooms, **which):
    with rooms.journal() as journal:
        return journal_window(journal, Window("t", **which), rooms.store.champion())


def test_records_are_counted_as_the_table_they_came_from(rooms):
    """All of them, in stretches that follow each other without a gap."""
    window = window_of(rooms)
    require_same(window.profile, counted(rooms, 0, ROWS))
    assert (window.source, window.first_at) == ("the journal", BEGAN)
    assert window.last_at == BEGAN + timedelta(minutes=ROWS - 1)
    ends = [(one.first_at, one.last_at) for one in window.stretches]
    assert all(later[0] - earlier[1] == timedelta(minutes=1) for earlier, later in pairwise(ends))
    assert sum(one.profile.rows for one in window.stretches) == ROWS


def test_the_newest_rows_fill_their_stretches(rooms):
    """So many of the newest; a stretch is of fifty rows at the least, and the oldest one has what is left."""
    window = window_of(rooms, rows=220)
    require_same(window.profile, counted(rooms, 80, ROWS))
    assert [one.profile.rows for one in window.stretches] == [20, 50, 50, 50, 50]
    require_same(window.stretches[-1].profile, counted(rooms, 250, ROWS))


def test_a_time_in_which_nothing_was_answered_is_empty(rooms):
    """A window of no rows in the same bins, which begins and ends at no time."""
    window = window_of(rooms, since=BEGAN + timedelta(days=2))
    assert (window.profile.rows, window.first_at, window.last_at) == (0, None, None)
    assert window.profile.bins == counted(rooms, 0, 1).bins
