"""A mean with a bound that holds however often one looks."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.evaluation.anytime import RunningMean

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50)
MIN_ROWS, ROWS_AT_ONCE, LOOKS, STREAMS = 200, 50, 40, 300


def of(values):
    return RunningMean().with_values(np.array(values, dtype=np.float64))


def bounds(values, significance=0.05):
    """The lower bounds of a stream at each look that counts."""
    mean, found = RunningMean(), []
    for batch in values.reshape(LOOKS, ROWS_AT_ONCE):
        mean = mean.with_values(batch)
        if mean.count >= MIN_ROWS:
            found.append(mean.lower_bound(significance=significance, tuned_for=MIN_ROWS))
    return np.array(found)


def gains(draw, streams=STREAMS):
    """Streams of gains, of a fixed seed each."""
    return [draw(np.random.default_rng(seed), LOOKS * ROWS_AT_ONCE) for seed in range(streams)]


def normal(rng, count):
    return rng.normal(size=count)


def log_losses(rng, count):
    """Differences of the log-loss of two models that are wrong alike: skewed, most of them small."""
    labels, logits = rng.random(count) < 0.3, rng.normal(-1, 1, count)
    first, second = (1 / (1 + np.exp(-(logits + rng.normal(0, 0.5, count)))) for _ in range(2))
    lost = [-np.log(np.where(labels, one, 1 - one)) for one in (first, second)]
    return lost[0] - lost[1]


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_it_is_the_mean_of_all_values(batches):
    """As NumPy has it, and its standard deviation, however they came."""
    values = np.concatenate([np.array(batch) for batch in batches])
    mean = RunningMean()
    for batch in batches:
        mean = mean.with_values(np.array(batch))
    assert mean.count == len(values)
    assert mean.mean == pytest.approx(values.mean(), rel=1e-9, abs=1e-9)
    assert mean.deviation == pytest.approx(values.std(), rel=1e-6, abs=1e-3)


def test_of_no_value_there_is_no_mean():
    """And nothing is above its bound."""
    none = RunningMean()
    assert math.isnan(none.mean)
    assert math.isnan(none.deviation)
    assert math.isnan(none.estimate().value)
    assert none.lower_bound(significance=0.05, tuned_for=200) == -math.inf
    assert none.with_values(np.empty(0)) == none


def test_its_interval_is_the_normal_one():
    """Of 1, 2, 3 and 4: 2.5, and 1.96 standard errors of sqrt(1.25 / 4) on either side."""
    found = of([1, 2, 3, 4]).estimate()
    room = 1.959964 * math.sqrt(1.25 / 4)
    assert (found.value, found.low, found.high) == pytest.approx((2.5, 2.5 - room, 2.5 + room))


@given(VALUES)
def test_an_interval_holds_its_mean(values):
    """And is as wide on both sides."""
    found = of(values).estimate()
    assert found.low <= found.value <= found.high
    assert found.value - found.low == pytest.approx(found.high - found.value, abs=1e-9)


@pytest.mark.parametrize("draw", [normal, log_losses])
def test_where_there_is_no_gain_it_hardly_ever_shows_one(draw):
    """Over all 37 looks together the bound is above 0 in at most 5 % of the streams, with room for chance.

    Of 300 streams 15 are expected at the most, and up to 24 once in a hundred times.
    """
    wrong = sum(bool((bounds(values) > 0).any()) for values in gains(draw))
    assert wrong <= 24


def test_an_interval_at_each_look_would_show_one_often():
    """That is why there is another bound: the usual one is wrong at some look for more than every fifth stream."""
    wrong = 0
    for values in gains(normal):
        counts = np.arange(1, len(values) + 1)
        low = np.cumsum(values) / counts - 1.645 / np.sqrt(counts)
        wrong += bool((low[MIN_ROWS - 1 :: ROWS_AT_ONCE] > 0).any())
    assert wrong / STREAMS > 0.15


@pytest.mark.parametrize(("effect", "least"), [(0.3, 1.0), (0.15, 0.98), (0.1, 0.8)])
def test_a_gain_is_found(effect, least):
    """By 2000 rows, in so many of the streams, when it is so many standard deviations."""
    found = np.mean([(bounds(values + effect) > 0).any() for values in gains(normal, streams=100)])
    assert found >= least


def test_a_loss_is_no_gain():
    """A challenger that is worse is never shown to be better."""
    assert not any((bounds(values - 0.1) > 0).any() for values in gains(normal, streams=100))


def test_a_bound_is_known():
    """By the formula, written out anew: 400 values of mean 1 and deviation 2, tuned for 100, at 5 %."""
    values = np.tile([3.0, -1.0], 200)
    log = math.log(2 * 0.05)
    rho_squared = (-2 * log + math.log(-2 * log + 1)) / 100
    spread = 400 * rho_squared + 1
    room = math.sqrt(2 * spread / (400**2 * rho_squared) * math.log(1 + math.sqrt(spread) / (2 * 0.05)))
    assert of(values).lower_bound(significance=0.05, tuned_for=100) == pytest.approx(1 - 2 * room)


def test_a_bound_comes_nearer():
    """With more of the same values, and with a greater chance that is taken; it stays below the interval's end."""
    rows = [of(np.tile([3.0, -1.0], half)) for half in (50, 100, 200, 400, 4000)]
    found = [one.lower_bound(significance=0.05, tuned_for=100) for one in rows]
    assert found == sorted(found)
    assert all(low < one.estimate().low for low, one in zip(found, rows, strict=True))
    chances = [rows[1].lower_bound(significance=chance, tuned_for=100) for chance in (0.001, 0.01, 0.05, 0.2)]
    assert chances == sorted(chances)


@pytest.mark.parametrize("tuned_for", [50, 200, 1000])
def test_a_bound_is_near_where_it_is_tuned_for(tuned_for):
    """No tuning for another time by a factor of four or more is nearer there."""
    mean = of(np.tile([1.0, -1.0], tuned_for // 2))
    here = mean.lower_bound(significance=0.05, tuned_for=tuned_for)
    for factor in (1 / 16, 1 / 4, 4, 16):
        assert here > mean.lower_bound(significance=0.05, tuned_for=round(tuned_for * factor))


@given(VALUES)
def test_it_comes_back_from_json(values):
    """Equal, and goes on the same."""
    mean = of(values)
    again = RunningMean.from_dict(json.loads(json.dumps(mean.to_dict(), allow_nan=False)))
    assert again == mean
    assert again.with_values(np.array([1.0])) == mean.with_values(np.array([1.0]))
