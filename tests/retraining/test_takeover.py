"""When a challenger that learns batch by batch takes over."""

from __future__ import annotations

import math

import numpy as np
import pytest

from keepfit.evaluation.anytime import RunningMean
from keepfit.project.stream_section import StreamSection
from keepfit.retraining.takeover import LEAST_OF_A_CLASS, Compared, judge_takeover

SECTION = StreamSection(min_rows=200, significance=0.05)


def compared(rows, mean, deviation=0.2, **named):
    """So many rows, half of them positive, whose mean and standard deviation are known."""
    values = np.tile([mean + deviation, mean - deviation], rows // 2)
    return Compared(RunningMean().with_values(values), **{"positives": rows // 2, **named})


def judge(rows, section=SECTION, **named):
    return judge_takeover(rows, section, **{"loss": 0.3, "prior_loss": 0.5, **named})


def test_a_gain_that_is_shown_is_better():
    """The sentence tells the gain, the rows, what it is above, and the chance of being wrong."""
    judged = judge(compared(1000, 0.1))
    assert judged.is_better
    assert judged.gain == pytest.approx(0.1)
    assert 0 < judged.bound < 0.1
    assert judged.reason == (
        "log-loss is lower by 0.1 on 1000 rows that neither had learnt, "
        f"by more than {judged.bound:.2g} but for a chance of 0.03 over all looks"
    )


@pytest.mark.parametrize("mean", [0.001, 0.0, -0.1])
def test_a_gain_that_is_not_shown_is_none(mean):
    """Too small, none at all, or a loss."""
    judged = judge(compared(1000, mean))
    assert not judged.is_better
    assert judged.bound < 0
    assert judged.gain == pytest.approx(mean)
    said = f"log-loss is {'lower' if mean >= 0 else 'higher'} by {abs(judged.gain):.3g} on 1000 rows"
    assert judged.reason.startswith(f"not shown to be better: {said}")
    assert judged.reason.endswith(f"the gain may be {judged.bound:.2g}")


@pytest.mark.parametrize("rows", [0, 2, 198])
def test_few_rows_show_nothing(rows):
    """Though the gain be large: the bound is asymptotic."""
    judged = judge(compared(rows, 5.0))
    assert not judged.is_better
    assert judged.reason == f"{rows} rows are compared, 200 are needed"
    assert math.isnan(judged.gain) == (rows == 0)


def test_enough_rows_are_as_many_as_declared():
    """From that row on, and not before."""
    assert not judge(compared(198, 5.0)).is_better
    assert judge(compared(200, 5.0)).is_better
    assert judge(compared(198, 5.0), StreamSection(min_rows=100)).is_better


def test_who_takes_a_smaller_chance_needs_more():
    """What is shown at a chance of 0.2 is not at one of 0.0001."""
    some = compared(400, 0.03)
    judged = [judge(some, StreamSection(significance=chance)) for chance in (0.2, 0.0001)]
    assert [one.is_better for one in judged] == [True, False]
    assert judged[0].bound > 0 > judged[1].bound


def test_a_rare_class_must_have_been_seen():
    """Of the first few rows without it a challenger that never expects it looks better."""
    few = compared(1000, 0.1, positives=LEAST_OF_A_CLASS - 1)
    judged = judge(few)
    assert not judged.is_better
    assert judged.reason == "19 of the 1000 compared rows are of the rarer class, 20 are needed"
    assert judge(few.with_rows(np.ones(1, dtype=np.int8), np.array([0.1]))).is_better
    assert not judge(compared(1000, 0.1, positives=1000 - 19)).is_better


def test_who_is_no_better_than_the_share_of_positives_is_said_to_be():
    """It is better than the champion all the same, and takes over."""
    judged = judge(compared(1000, 0.1), loss=0.7, prior_loss=0.5)
    assert judged.is_better
    assert judged.reason.endswith("; yet the share of positives alone is no worse (0.5 to 0.7 on the newest rows)")
    assert "yet" not in judge(compared(1000, 0.1), loss=0.4, prior_loss=0.5).reason


def test_later_comparisons_have_their_part_of_the_chance():
    """All of them together the declared one; a new champion begins afresh."""
    rows = compared(1000, 0.02)
    bounds = [judge(Compared(rows.gains, 500, begun)).bound for begun in range(1, 50)]
    assert bounds == sorted(bounds, reverse=True)
    assert (Compared(begun=3).anew(), Compared().begun) == (Compared(begun=4), 1)
    assert sum(6 / (math.pi * begun) ** 2 for begun in range(1, 100_000)) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("rate", [0.003, 0.01, 0.05])
def test_a_challenger_that_is_worse_on_rare_positives_does_not_take_over(rate):
    """It says a third of a calibrated champion's probabilities; of 40 streams of 10,000 rows, at the most two."""
    taken = 0
    for seed in range(40):
        rng, one = np.random.default_rng(seed), Compared()
        for _ in range(100):
            champion = np.clip(rate * np.exp(rng.normal(0, 1, 100) - 0.5), 1e-4, 0.9)
            labels = (rng.random(100) < champion).astype(np.int8)
            one = one.with_rows(labels, _loss(labels, champion) - _loss(labels, champion / 3))
            if judge(one).is_better:
                taken += 1
                break
    assert taken <= 2


def _loss(labels, probability):
    bounded = np.clip(probability, 1e-3, 1 - 1e-3)
    return -np.log(np.where(labels == 1, bounded, 1 - bounded))
