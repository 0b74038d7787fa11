"""Checks of before, as the journal's events tell of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from keepfit.journal import open_journal
from keepfit.monitoring import State
from keepfit.monitoring.check_event import Asked
from keepfit.monitoring.past_checks import NewestCheck, PastCheck, newest_check, past_checks

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request, tmp_path):
    url = f"sqlite:///{tmp_path}/journal.db"
    with open_journal(url if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()) as one:
        yield one


def test_the_newest_check_is_told(journal):
    """Its states by what they are about; one of an older form has no columns."""
    assert newest_check(journal, "t") is None
    facts = {"version": 3, "state": "alarm", "drift": "alarm", "quality": "insufficient", "reasons": []}
    journal.record_event("t", "checked", "ada", facts, at=NOW)
    states = {"verdict": "alarm", "drift": "alarm", "quality": "insufficient"}
    assert newest_check(journal, "t") == NewestCheck(3, NOW, states, 0)
    journal.record_event("t", "checked", "ada", {**facts, "drifted_columns": ["age", "job"]}, at=NOW)
    journal.record_event("other", "checked", "ada", facts, at=NOW)
    assert newest_check(journal, "t") == NewestCheck(3, NOW, states, 2)


def test_a_check_of_a_time_that_is_over_is_not_the_newest(journal):
    """Who looks back raises and clears nothing."""
    facts = {"version": 3, "state": "ok", "drift": "ok", "quality": "ok", "reasons": []}
    journal.record_event("t", "checked", "ada", facts, at=NOW)
    journal.record_event("t", "checked", "ada", {**facts, "state": "alarm", "until": "2024-02-01"}, at=NOW)
    found = newest_check(journal, "t")
    assert found is not None
    assert found.states["verdict"] == "ok"


@pytest.mark.parametrize(
    ("asked", "is_now"),
    [
        (Asked(), True),
        (Asked(since=NOW), True),
        (Asked(until=NOW), False),
        (Asked(windows=("rows.csv",)), False),
        (Asked(reference="then.json"), False),
    ],
)
def test_what_was_asked_says_whether_it_is_about_now(journal, asked, is_now):
    """The check that is made and the event that is read decide alike."""
    assert asked.is_now == is_now
    facts = {"version": 3, "state": "ok", "drift": "ok", "quality": "ok", **asked.to_dict()}
    journal.record_event("t", "checked", "ada", facts, at=NOW)
    assert (newest_check(journal, "t") is not None) == is_now
    assert len(past_checks(journal, "t", 3)) == is_now
    assert past_checks(journal, "t", 4) == ()


def test_a_check_is_read_back_from_its_event():
    """With the moments of its window; events of before had none of them, and only one state."""
    facts = {
        "state": "warn",
        "found": "alarm",
        "quality": "ok",
        "drifted_columns": ["Income"],
        "first_at": "2026-11-28T09:00:00.000001Z",
        "last_at": "2026-11-28T10:00:00.000000Z",
    }
    found = PastCheck.of(NOW, facts)
    assert (found.state, found.found, found.drifted) == (State.WARN, State.ALARM, {("feature", "Income")})
    assert found.first_at == datetime(2026, 11, 28, 9, 0, 0, 1, tzinfo=UTC)
    old = PastCheck.of(NOW, {"state": "ok", "quality": "insufficient"})
    assert (old.found, old.first_at, old.drifted) == (State.OK, None, frozenset())


def test_a_check_that_had_too_little_to_look_at_ended_nothing(journal):
    """It is the newest state, and none of those that a verdict looks back at."""
    facts = {"version": 3, "state": "alarm", "drift": "alarm", "quality": "ok"}
    journal.record_event("t", "checked", "ada", facts, at=NOW)
    journal.record_event("t", "checked", "ada", {**facts, "state": "insufficient"}, at=NOW)
    assert newest_check(journal, "t").states["verdict"] == "insufficient"
    assert [one.state for one in past_checks(journal, "t", 3)] == [State.ALARM]
