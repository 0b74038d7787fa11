"""Verdicts over checks: no flapping, and the same answer to the same question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from keepfit.monitoring import State, Verdict
from keepfit.monitoring.past_checks import PastCheck
from keepfit.monitoring.stability import settled
from keepfit.project.monitoring_section import StabilitySection

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OK, WARN, ALARM = State.OK, State.WARN, State.ALARM


def past(hours, state, found=None, drifted=()):
    """Return a check of so many hours ago, that looked at the hour before it."""
    at = NOW - hours * HOUR
    return PastCheck(at, at - HOUR + timedelta(minutes=1), at, state, found or state, State.OK, drifted)


def settle(state, *history, first_at=NOW - HOUR + timedelta(minutes=1), **keys):
    verdict = Verdict(state, state, State.OK, ("The data have drifted.",), state)
    return settled(verdict, first_at, history, StabilitySection(**keys), NOW)


def test_by_default_an_alarm_stands_at_once():
    """One check needs no other."""
    assert settle(ALARM).state is ALARM


def test_an_alarm_needs_as_many_checks_as_are_declared():
    """The first of two is a warning that says so; what it found is kept."""
    first = settle(ALARM, past(1, OK), windows=3, needed=2)
    assert (first.state, first.drift, first.found) == (WARN, WARN, ALARM)
    assert first.reasons[-1] == "It is no alarm yet: 1 of the 2 checks that one needs have found it."
    second = settle(ALARM, past(1, WARN, found=ALARM), past(2, OK), windows=3, needed=2)
    assert (second.state, second.reasons) == (ALARM, ("The data have drifted.",))


@pytest.mark.parametrize(("hours", "state"), [(2, ALARM), (3, WARN)])
def test_only_the_newest_checks_count(hours, state):
    """An alarm that was found before the last so many windows is forgotten."""
    history = [past(at, WARN, found=ALARM if at == hours else OK) for at in range(1, 5)]
    assert settle(ALARM, *history, windows=3, needed=2).state is state


def test_a_check_of_the_same_predictions_is_not_counted_again():
    """Repeated on the same window, it says what it said before."""
    same = past(1, WARN, found=ALARM)
    again = settle(ALARM, same, first_at=same.first_at, windows=3, needed=2)
    assert again.state is WARN


def test_an_alarm_that_stands_goes_on():
    """However many checks a new one would need."""
    assert settle(ALARM, past(1, ALARM), windows=3, needed=3).state is ALARM


@pytest.mark.parametrize(("cooldown", "state"), [(3 * 3600, WARN), (3600, ALARM)])
def test_after_an_alarm_the_next_waits(cooldown, state):
    """It ended with the check of two hours ago: an hour is over, three are not."""
    verdict = settle(ALARM, past(1, OK), past(2, OK), past(3, ALARM), cooldown_seconds=cooldown)
    assert verdict.state is state
    if state is WARN:
        assert "one has ended at 2026-11-28T10:00:00.000Z, and for 10800 s" in verdict.reasons[-1]


def test_it_says_since_when():
    """The first of the checks without a break that said the same; this one if the last said otherwise."""
    assert settle(OK, past(1, OK), past(2, OK), past(3, WARN), past(4, OK)).stands_since == "2026-11-28T10:00:00.000Z"
    assert settle(WARN, past(1, OK)).stands_since == "2026-11-28T12:00:00.000Z"
