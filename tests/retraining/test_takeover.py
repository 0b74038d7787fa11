"""When a challenger that learns batch by batch takes over."""

from __future__ import annotations

import math

import numpy as np
import pytest

from keepfit.evaluation.anytime import RunningMean
from keepfit.project.stream_section import StreamSection
from keepfit.retraining.takeover import judge_takeover

SECTION = StreamSection(min_rows=200, significance=0.05)


def gains(rows, mean, deviation=0.2):
    """So many rows whose mean and standard deviation are known."""
    values = np.tile([mean + deviation, mean - deviation], rows // 2)
    return RunningMean().with_values(values)


def test_a_gain_that_is_shown_is_better():
    """The sentence tells the gain, the rows, what it is above, and the chance of being wrong."""
    judged = judge_takeover(gains(1000, 0.1), SECTION)
    assert judged.is_better
    assert judged.gain == pytest.approx(0.1)
    assert 0 < judged.bound < 0.1
    assert judged.reason == (
        "log-loss is lower by 0.1 on 1000 rows that neither had learnt, "
        f"by more than {judged.bound:.2g} but for a chance of 0.05 over all looks"
    )


@pytest.mark.parametrize("mean", [0.001, 0.0, -0.1])
def test_a_gain_that_is_not_shown_is_none(mean):
    """Too small, none at all, or a loss."""
    judged = judge_takeover(gains(1000, mean), SECTION)
    assert not judged.is_better
    assert judged.bound < 0
    assert judged.gain == pytest.approx(mean)
    assert judged.reason.startswith(f"not shown to be better: log-loss is higher by {-judged.gain:.3g} on 1000 rows")
    assert judged.reason.endswith(f"may be {judged.bound:.2g}")


@pytest.mark.parametrize("rows", [0, 2, 198])
def test_few_rows_show_nothing(rows):
    """Though the gain be large: the bound is asymptotic."""
    judged = judge_takeover(gains(rows, 5.0), SECTION)
    assert not judged.is_better
    assert judged.reason == f"{rows} rows are compared, 200 are needed"
    assert math.isnan(judged.gain) == (rows == 0)


def test_enough_rows_are_as_many_as_declared():
    """From that row on, and not before."""
    assert not judge_takeover(gains(198, 5.0), SECTION).is_better
    assert judge_takeover(gains(200, 5.0), SECTION).is_better
    assert judge_takeover(gains(198, 5.0), StreamSection(min_rows=100)).is_better


def test_who_takes_a_smaller_chance_needs_more():
    """What is shown at a chance of 0.2 is not at one of 0.0001."""
    some = gains(400, 0.03)
    judged = [judge_takeover(some, StreamSection(significance=chance)) for chance in (0.2, 0.0001)]
    assert [one.is_better for one in judged] == [True, False]
    assert "a chance of 0.0001 " in judged[1].reason
