"""The stretch at which a column changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from keepfit.monitoring.observed_window import Stretch, window_of
from keepfit.monitoring.onset import Onset, onset

BEGAN = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def seen(window):
    """A window of ten stretches, whose rows change from one of them on."""

    def made(change, first):
        stretches = []
        for at in range(10):
            profile = window(200, change if at >= first else lambda matrix: None, seed=at + 1)
            stretches.append(Stretch(profile, BEGAN + timedelta(hours=at), BEGAN + timedelta(hours=at + 1)))
        return window_of("the journal", stretches, window(0))

    return made


def income_fallen(matrix):
    matrix[:, 0] *= 0.6


def other_jobs(matrix):
    matrix[::3, 3] = 1


def no_income(matrix):
    matrix[np.random.default_rng(0).random(len(matrix)) < 0.3, 0] = np.nan


@pytest.mark.parametrize(("change", "name"), [(income_fallen, "income"), (other_jobs, "job"), (no_income, "income")])
@pytest.mark.parametrize("first", [2, 5, 9])
def test_a_change_within_the_window_is_dated(seen, reference, change, name, first):
    """By the stretch at which it began, give or take one."""
    found = onset(seen(change, first), reference.columns, name)
    assert abs(found.stretch - first) <= 1
    assert found.at == BEGAN + timedelta(hours=found.stretch)


@pytest.mark.parametrize("first", [0, 10])
def test_what_is_the_same_throughout_changed_before_or_not_at_all(seen, reference, first):
    """There is no place in the window at which it would have."""
    assert onset(seen(income_fallen, first), reference.columns, "income") == Onset(0, None)


def test_chance_is_seldom_taken_for_a_change(window, reference):
    """Of a hundred unchanged windows at most five are cut, by any of two columns."""
    cut = 0
    for seed in range(100):
        stretches = [Stretch(window(100, seed=1 + 5 * seed + at)) for at in range(5)]
        whole = window_of("the journal", stretches, window(0))
        cut += any(onset(whole, reference.columns, name).stretch for name in ("income", "job"))
    assert cut <= 5
