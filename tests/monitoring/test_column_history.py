"""Since when a column has drifted: by the stretches of the window, and by the checks before it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from keepfit.monitoring import State, compare_profiles
from keepfit.monitoring.column_history import ColumnHistory, column_histories
from keepfit.monitoring.observed_window import Stretch, window_of
from keepfit.monitoring.past_checks import PastCheck

BEGAN = datetime(2026, 11, 28, tzinfo=UTC)
STRETCHES, ROWS = 6, 300


def income_fallen(matrix):
    matrix[:, 0] *= 0.5


def as_it_was(matrix):
    pass


@pytest.fixture
def histories(reference, window, section):
    """Tells the histories of a window whose incomes fall at a stretch, after the checks before it."""

    def told(fallen_at, history=(), *, are_timed=True):
        stretches = []
        for at in range(STRETCHES):
            profile = window(ROWS, income_fallen if at >= fallen_at else as_it_was, seed=at + 1)
            first = BEGAN + timedelta(hours=at) if are_timed else None
            stretches.append(Stretch(profile, first, first))
        seen = window_of("the journal", stretches, window(0))
        return column_histories(seen, reference, compare_profiles(reference, seen.profile, section), history)

    return told


def past(*drifted):
    """Return checks before this one, the newest first, an hour apart, each by its drifted columns."""
    return [
        PastCheck(BEGAN - timedelta(hours=at), None, None, State.WARN, State.WARN, State.OK, features(names))
        for at, names in enumerate(drifted)
    ]


def features(names):
    return frozenset(("feature", name) for name in names)


def test_only_what_has_drifted_has_a_history(histories):
    """Of columns that are as they were there is nothing to tell, whatever the checks before said of them."""
    assert list(histories(0, past(("income", "age")))) == ["income"]
    assert histories(STRETCHES, past(("income",))) == {}


@pytest.mark.parametrize("stretch", [2, 4])
def test_a_change_within_the_window_has_its_stretch_and_its_time(histories, stretch):
    """It is the one at which the incomes fell."""
    assert histories(stretch)["income"] == ColumnHistory(stretch, BEGAN + timedelta(hours=stretch), None)


def test_a_change_before_the_window_has_no_time(histories):
    """Every stretch is alike, so it came so."""
    assert histories(0)["income"] == ColumnHistory(0, None, None)


def test_without_times_the_stretch_is_known_all_the_same(histories):
    """A file says in which part of it a column changed, and not when."""
    assert histories(3, are_timed=False)["income"] == ColumnHistory(3, None, None)


@pytest.mark.parametrize(
    ("drifted", "first"),
    [
        ([], None),
        ([()], None),
        ([("income",)], 0),
        ([("age", "income"), ("income",), ("income", "debt")], 2),
        ([("income",), ("age",), ("income",)], 0),
        ([("age",), ("income",)], None),
    ],
    ids=["no check", "not then", "the last", "all", "a break", "not the last"],
)
def test_checks_that_called_it_drifted_are_followed_back_to_a_break(histories, drifted, first):
    """The first of an unbroken run is named; one check that did not call it so begins anew."""
    expected = None if first is None else BEGAN - timedelta(hours=first)
    assert histories(0, past(*drifted))["income"].first_check == expected
