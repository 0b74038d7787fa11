"""Predictions for other programs, in parts, on every back end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from keepfit.journal import Label, Window
from keepfit.journal.erasure import forget
from keepfit.journal.exported import Exported, read_exported

BEGAN = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


@pytest.fixture
def made(journal, make_prediction):
    """Ten predictions a minute apart: one with two labels, one whose person was forgotten."""
    found = [make_prediction(at=BEGAN + timedelta(minutes=at), entity=f"p{at}") for at in range(10)]
    journal.record_predictions(found)
    journal.record_predictions([make_prediction("other")])
    journal.record_labels("credit", [Label(found[3].id, label, BEGAN) for label in ("good", "bad")])
    forget(journal, "credit", "p5", actor="ada")
    return found


@pytest.mark.parametrize("part_rows", [1, 3, 10, 100])
def test_every_row_comes_once_in_order(journal, made, part_rows):
    """Whatever the parts: all of a project, the oldest first, the erased too."""
    parts = list(read_exported(journal, Window("credit"), part_rows=part_rows))
    assert [row.id for part in parts for row in part] == [one.id for one in made]
    assert {len(part) for part in parts[:-1]} <= {part_rows}
    assert all(parts)


def test_a_row_has_all_that_was_recorded(journal, made):
    """Times have their microseconds, the newest label counts, and the record is as it was sent."""
    rows = [row for part in read_exported(journal, Window("credit")) for row in part]
    one = made[3]
    assert rows[3] == Exported(
        4,
        one.id,
        "2026-01-02T03:07:05.678901Z",
        1,
        "p3",
        one.sent,
        one.probability,
        "good",
        one.duration_seconds,
        "bad",
        "2026-01-02T03:04:05.678901Z",
    )
    assert (rows[5].entity, rows[5].features, rows[5].label, rows[5].label_at) == (None, "", None, None)


def test_a_window_is_kept_to(journal, made):
    """A time with its end left out, or labelled rows only; nothing is no part at all."""
    minutes = [BEGAN + timedelta(minutes=at) for at in range(10)]
    timed = read_exported(journal, Window("credit", since=minutes[2], until=minutes[5]), part_rows=2)
    assert [row.id for part in timed for row in part] == [one.id for one in made[2:5]]
    labelled = read_exported(journal, Window("credit", labelled_only=True))
    assert [[row.seq for row in part] for part in labelled] == [[4]]
    assert list(read_exported(journal, Window("nobody"))) == []
