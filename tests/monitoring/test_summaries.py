"""The number that says most of a change."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.monitoring.summaries import missing_share, summary
from keepfit.profiles.category import category_profile
from keepfit.profiles.number import number_profile

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(100, 10, 5000)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (NORMAL, NORMAL + 20, "mean 100 → 120"),
        (NORMAL, 100 + (NORMAL - 100) * 3, "spread 10 → 30"),
        (NORMAL * 1000, NORMAL * 1100, "mean 100,000 → 110,000"),
        (
            np.repeat([0.0, 10], [80, 20]),  # both have a mean of 2 and a spread of 4
            np.repeat([-2.0, 6], [50, 50]),
            "share below 0: 0.0% → 50.0%",
        ),
    ],
    ids=["mean", "spread", "large", "share below"],
)
def test_a_number_is_told_by_what_moved_it(before, now, told):
    """By its mean or spread where these have moved as far as its values, else by the share up to an edge."""
    reference = number_profile("x", before)
    window = reference.count(now)
    expected, found = told.split(), summary(reference, window).told(reference, window).split()
    assert found[:-3] == expected[:-3]
    for shown, wanted in ((found[-3], expected[-3]), (found[-1], expected[-1])):
        assert float(shown.strip("%").replace(",", "")) == pytest.approx(
            float(wanted.strip("%").replace(",", "")), rel=0.02, abs=1e-9
        )


def test_a_date_is_told_by_dates():
    """Its mean is a day, its spread a number of days."""
    days = np.arange(17_045.0, 17_056)  # from 2016-09-01 on
    reference = number_profile("since", days, is_date=True)
    later, wider = reference.count(days + 30), reference.count(17_050 + (days - 17_050) * 5)
    assert summary(reference, later).told(reference, later) == "mean 2016-09-06 → 2016-10-06"
    assert summary(reference, wider).told(reference, wider).endswith(" days")


def test_a_category_is_told_by_the_label_that_changed_most():
    """Unseen values are one of them."""
    reference = category_profile("job", ("fixed", "free"), np.repeat([0, 1], [70, 30]).astype(np.float32))
    window = reference.count(np.repeat([0, 1, 2], [65, 5, 30]).astype(np.float32))
    assert summary(reference, window).told(reference, window) == "share of unseen values: 0.0% → 30.0%"


def test_missing_values_are_told_by_their_share():
    """Of all rows; of no row there is none."""
    reference = number_profile("x", np.array([1.0, np.nan]))
    assert (
        missing_share().told(reference, reference.count(np.array([1.0, 2.0, 3.0, np.nan]))) == "missing 50.0% → 25.0%"
    )
    assert np.isnan(missing_share().value(reference.count(np.empty(0))))
