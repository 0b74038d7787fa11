"""Scores now against those of the held-out rows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from keepfit.evaluation import Estimate, share_of
from keepfit.monitoring.score_differences import independent_difference, score_differences


def test_the_interval_is_newcombes():
    """56/70 against 48/80: 0.2 [0.0524, 0.3339], as published (Newcombe 1998, contrast a, method 10)."""
    found = independent_difference(share_of(56, 70), share_of(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_intervals_that_are_even_add_up_as_deviations_do():
    """The half widths are the sides of a right triangle."""
    found = independent_difference(Estimate(0.8, 0.5, 1.1), Estimate(0.6, 0.2, 1.0))
    assert (found.low, found.high) == pytest.approx((0.2 - 0.5, 0.2 + 0.5))


@pytest.mark.parametrize(("name", "is_worse"), [("f1", True), ("log_loss", False)])
def test_worse_is_by_the_metrics_direction(name, is_worse):
    """A lower F1 is worse, a lower log-loss better."""
    found = score_differences({name: Estimate(0.5, 0.45, 0.55)}, {name: (0.7, 0.65, 0.75)})[name]
    assert (found.is_worse, found.is_better) == (is_worse, not is_worse)
    assert found.before == Estimate(0.7, 0.65, 0.75)


def test_overlapping_ends_may_still_differ_and_touching_ones_do():
    """What counts is the interval of the difference, which is shorter than the sum of both."""
    near = score_differences({"f1": Estimate(0.60, 0.55, 0.65)}, {"f1": (0.68, 0.64, 0.72)})["f1"]
    assert near.is_worse
    same = score_differences({"f1": Estimate(0.60, 0.55, 0.65)}, {"f1": (0.62, 0.58, 0.66)})["f1"]
    assert not same.is_worse


def test_what_one_side_lacks_is_left_out():
    """A metric of before alone has no difference; an unknown score is neither worse nor better."""
    unknown = Estimate(np.nan, np.nan, np.nan)
    found = score_differences({"roc_auc": unknown, "brier": unknown}, {"roc_auc": (0.8, 0.7, 0.9), "f1": (1, 1, 1)})
    assert list(found) == ["roc_auc"]
    assert math.isnan(found["roc_auc"].difference.value)
    assert not found["roc_auc"].is_worse
