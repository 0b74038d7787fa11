"""Calibration over time."""

from __future__ import annotations

import numpy as np
import pytest
from tests.monitoring.scored_rows import scored_rows

from keepfit.monitoring.calibration_periods import calibration_periods


def periods_of(rows, seed=0, **draw):
    probability, labels = scored_rows(rows, seed, **draw)
    return calibration_periods(labels, probability, np.arange(rows, dtype=np.float64))


@pytest.mark.parametrize(("rows", "count"), [(0, 0), (49, 0), (50, 1), (199, 3), (500, 10), (5000, 10)])
def test_every_row_is_in_one_period(rows, count):
    """Ten at the most, of at least fifty rows and about as many each; their times follow each other."""
    periods = periods_of(rows)
    assert len(periods) == count
    assert sum(one.rows for one in periods) == (rows if count else 0)
    ends = [end for one in periods for end in (one.first_at, one.last_at)]
    assert ends == sorted(ends)


def test_rows_need_not_come_in_order():
    """They are put in the order of their time."""
    probability, labels = scored_rows(400, 0)
    times = np.arange(400, dtype=np.float64)
    order = np.random.default_rng(1).permutation(400)
    mixed = calibration_periods(labels[order], probability[order], times[order])
    assert mixed == calibration_periods(labels, probability, times)


def test_right_probabilities_err_as_much_as_chance_makes_them():
    """On average over 200 periods the error is that of chance."""
    periods = [one for seed in range(20) for one in periods_of(1000, seed)]
    error, chance = (np.mean([getattr(one, name) for one in periods]) for name in ("calibration_error", "by_chance"))
    assert error == pytest.approx(chance, rel=0.1)


def test_a_turn_is_seen_in_the_period_that_it_comes():
    """Probabilities that come true until the middle, and turn out the other way from then on."""
    probability, labels = scored_rows(2000, 0)
    labels[1000:] = 1 - labels[1000:]
    periods = calibration_periods(labels, probability, np.arange(2000, dtype=np.float64))
    assert all(one.calibration_error < 2 * one.by_chance for one in periods[:5])
    assert all(one.calibration_error > 5 * one.by_chance for one in periods[5:])
    assert periods[0].rate.value == pytest.approx(labels[:200].mean())
    assert periods[0].score == pytest.approx(probability[:200].mean())


def test_one_moment_is_one_moment():
    """Rows that were all answered at once are cut as they come."""
    probability, labels = scored_rows(100, 0)
    periods = calibration_periods(labels, probability, np.zeros(100))
    assert [(one.first_at, one.last_at, one.rows) for one in periods] == [(0.0, 0.0, 50)] * 2
