"""Drift: silent on noise, awake to change, and clear about which."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from keepfit.monitoring import compare_profiles
from keepfit.profiles import build_profile, count_window, merge
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Column, Kind, Outcome, Signature


@pytest.mark.parametrize("rows", [200, 500, 2000])
def test_unchanged_windows_are_left_alone(reference, window, section, rows):
    """Of a hundred unchanged windows not more than two name a column, and none is a dataset alarm."""
    drifts = [compare_profiles(reference, window(rows, seed=seed), section) for seed in range(1, 101)]
    assert sum(bool(drift.drifted or drift.drifted_outputs) for drift in drifts) <= 2
    assert not any(drift.is_drifted for drift in drifts)


def scaled(name, factor):
    def change(matrix):
        matrix[:, name] *= factor

    return change


def tripled_missing(matrix):
    matrix[np.random.default_rng(9).random(len(matrix)) < 0.17, 0] = np.nan


def new_category(matrix):
    matrix[::20, 3] = 4


def more_freelancers(matrix):
    matrix[::3, 3] = 1


@pytest.mark.parametrize("rows", [500, 2000])
@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        (scaled(0, 0.7), "income", "mean "),
        (scaled(1, 1.2), "age", "mean "),
        (tripled_missing, "income", "missing "),
        (new_category, "job", "5.0% outside of the vocabulary"),
        (more_freelancers, "job", "share of freelance "),
    ],
    ids=["income", "age", "missing", "unseen", "category"],
)
def test_a_change_is_found_and_named(reference, window, change, column, said, rows):
    """The changed column is named, with what has changed, in each of twenty windows."""
    for seed in range(1, 21):
        drift = compare_profiles(reference, window(rows, change, seed), MonitoringSection())
        (found,) = (one for one in drift.drifted if one.name == column)
        assert any(said in reason for reason in found.reasons)


def test_the_dataset_drifts_by_its_share_of_columns(reference, window):
    """Two of five columns are an alarm at a share of 0.4, and none at 0.5."""

    def change(matrix):
        scaled(0, 0.5)(matrix)
        more_freelancers(matrix)

    changed = window(2000, change)
    at_two_fifths = compare_profiles(reference, changed, MonitoringSection(share_of_drifted_columns=0.4))
    at_a_half = compare_profiles(reference, changed, MonitoringSection(share_of_drifted_columns=0.5))
    assert at_two_fifths.share_of_drifted_columns == at_a_half.share_of_drifted_columns == 0.4
    assert (at_two_fifths.is_drifted, at_a_half.is_drifted) == (True, False)


def test_a_small_window_is_insufficient_never_drift(reference, window, section):
    """Below the smallest window nothing is called drifted, however changed it is."""
    drift = compare_profiles(reference, window(section.min_window - 1, scaled(0, 10.0)), section)
    assert not drift.is_sufficient
    assert not drift.drifted
    assert drift.columns[0].effect.size > 1


def test_a_change_too_small_to_matter_is_not_drift(reference, window):
    """With many rows a tiny change is significant; its effect is below the floor, and so it is no drift."""
    drift = compare_profiles(reference, window(50_000, scaled(0, 1.05)), MonitoringSection())
    income = drift.columns[0]
    assert income.adjusted_p_value < 0.01
    assert 0 < income.effect.size < 0.1
    assert not income.is_drifted


def test_a_column_without_any_value_is_a_change_of_missing_values(reference, window, section):
    """A column that stops coming is drift by its missing rate; its distances are unknown."""

    def silence(matrix):
        matrix[:, 1] = np.nan

    drift = compare_profiles(reference, window(500, silence), section)
    age = drift.columns[1]
    assert age.is_drifted
    assert age.reasons == ("missing 0.0% → 100.0%",)
    assert np.isnan(age.effect.size)


def test_an_empty_window_is_compared_too(reference, window, section):
    """No prediction at all is insufficient data, not an error."""
    drift = compare_profiles(reference, window(0), section)
    assert (drift.rows_window, drift.is_sufficient, drift.is_drifted) == (0, False, False)
    assert json.dumps(drift.to_dict())


def test_a_date_that_moved_is_told_in_dates(section):
    """The mean is a date, the spread a number of days."""
    signature = Signature((Column("joined", Kind.DATE, format="%d-%m-%Y"),), Outcome("y", "no", "yes"))
    rng = np.random.default_rng(0)
    days = rng.integers(16_900, 17_000, (5000, 1)).astype(np.float32)
    scores = rng.random(5000)
    reference = build_profile(signature, days, scores)
    for changed, said in (
        (days + 200, "mean 2016-05-2. → 2016-12-1., effect "),
        (
            days + (days - 16_950) * 9,
            "spread 2.* days → 2.* days, effect ",
        ),  # the root of (100² - 1) / 12, and ten times that
    ):
        drift = compare_profiles(reference, count_window(reference, changed, scores), section)
        (column,) = drift.drifted
        assert re.match(said, column.reasons[0])
    assert merge(reference, reference).columns[0].is_date
