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
        (more_freelancers, "job", "share of freelance: "),
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


def test_what_had_drifted_stays_so_until_it_is_well_below_its_floor(reference, window, section):
    """An effect between the floor and its release is drift only if it was before."""

    def slightly(matrix):
        matrix[:, 1] += 1.7  # years, of a spread of 15

    changed = window(20_000, slightly)
    first = compare_profiles(reference, changed, section)
    again = compare_profiles(reference, changed, section, drifted_before=[("feature", "age")])
    assert section.stability.release * 0.1 < first.columns[1].effect.size < 0.1
    assert (first.columns[1].is_drifted, again.columns[1].is_drifted) == (False, True)
    assert not compare_profiles(reference, changed, section, drifted_before=[("score", "age")]).drifted


def test_a_score_that_had_moved_stays_so_too(reference, window, section):
    """Until it is well below its floor, as a column does."""
    lowered = window(20_000, lowered=0.0165)  # of a spread of 0.18
    before = {("score", "probability")}
    first, again = (compare_profiles(reference, lowered, section, drifted_before=past) for past in ((), before))
    assert section.stability.release * 0.1 < first.scores[0].effect.size < 0.1
    assert (first.scores[0].is_drifted, again.scores[0].is_drifted) == (False, True)


def test_a_column_may_have_a_floor_of_its_own(reference, window):
    """Higher than its effect: what is known to move is left alone."""
    changed = window(2000, scaled(0, 0.8))
    usual, lenient = (
        compare_profiles(reference, changed, MonitoringSection(min_effects=floors)).columns[0]
        for floors in ({}, {"income": 0.8})
    )
    assert (usual.is_drifted, lenient.is_drifted) == (True, False)
    assert (usual.floor, lenient.floor) == (0.1, 0.8)


@pytest.mark.parametrize("measure", ["kolmogorov_smirnov", "total_variation", "jensen_shannon", "population_stability"])
def test_an_effect_may_be_measured_otherwise(reference, window, measure):
    """The declared distance is the one that the floor is of; nothing is found in an unchanged window."""
    section = MonitoringSection(
        number_measure=measure, category_measure=measure if measure != "kolmogorov_smirnov" else "total_variation"
    )
    drift = compare_profiles(reference, window(2000, scaled(0, 0.6)), section)
    assert [column.name for column in drift.drifted] == ["income"]
    assert drift.columns[0].effect.measure == measure
    assert not compare_profiles(reference, window(2000), section).drifted


def test_a_few_unseen_values_are_no_drift(reference, window):
    """Both the test and the floor are needed: half a percent by default, and what is declared instead."""

    def some_new(matrix):
        matrix[::50, 3] = 4

    changed = window(5000, some_new)
    found = compare_profiles(reference, changed, MonitoringSection()).columns[3]
    lenient = compare_profiles(reference, changed, MonitoringSection(min_unseen=0.05)).columns[3]
    assert found.unseen.is_changed
    assert not lenient.unseen.is_changed
    assert lenient.unseen.p_value == found.unseen.p_value < 1e-6


def test_importances_say_how_much_has_drifted(reference, window, section):
    """As shares of what the model rests on; what costs nothing when it is shuffled has none."""
    changed = window(2000, scaled(0, 0.5))
    weighed = compare_profiles(reference, changed, section, importances={"income": 0.3, "age": 0.1, "debt": -0.01})
    assert weighed.drifted_importance == pytest.approx(0.75)
    assert compare_profiles(reference, changed, section).drifted_importance is None


class TestOutcome:
    """Scores and labels, of one target or several."""

    def counted(self, labels, scores, outputs=()):
        rng = np.random.default_rng(0)
        signature = Signature((Column("x", Kind.NUMBER),), Outcome("Status", "bad", "good"))
        matrix = rng.normal(size=(len(scores), 1)).astype(np.float32)
        return build_profile(signature, matrix, scores, labels=labels, outputs=outputs), matrix

    def test_a_changed_rate_of_labels_is_told_by_its_classes(self, section):
        """The target's column, once there are labels enough."""
        rng = np.random.default_rng(1)
        reference, matrix = self.counted((rng.random(3000) < 0.7).astype(np.int8), rng.random(3000))
        fewer = count_window(reference, matrix[:1000], rng.random(1000), (rng.random(1000) < 0.4).astype(np.int8))
        (label,) = compare_profiles(reference, fewer, section).labels
        assert (label.name, label.subject, label.is_drifted) == ("Status", "label", True)
        assert label.reasons[0].startswith("share of good: 70.6% → 39.0%")
        unknown = count_window(reference, matrix[:1000], rng.random(1000))
        assert compare_profiles(reference, unknown, section).labels == ()

    def test_few_labels_are_not_judged(self, section):
        """Whatever they say, though the window is large."""
        rng = np.random.default_rng(1)
        reference, matrix = self.counted((rng.random(3000) < 0.7).astype(np.int8), rng.random(3000))
        labels = np.full(1000, -1, dtype=np.int8)
        labels[:100] = 0
        (label,) = compare_profiles(
            reference, count_window(reference, matrix[:1000], rng.random(1000), labels), section
        ).labels
        assert not label.is_drifted

    def test_each_label_of_several_is_compared(self, section):
        """Of three products, the one whose rate has changed; and the one whose scores have."""
        rng = np.random.default_rng(2)
        scores = rng.random((3000, 3))
        labels = (rng.random((3000, 3)) < [0.5, 0.2, 0.1]).astype(np.int8)
        reference, matrix = self.counted(labels, scores, outputs=("card", "loan", "fund"))
        new_scores, new_labels = scores.copy(), labels.copy()
        new_scores[:, 0] **= 2
        new_labels[:, 1] = rng.random(3000) < 0.5
        drift = compare_profiles(reference, count_window(reference, matrix, new_scores, new_labels), section)
        assert [one.name for one in drift.drifted_outputs] == ["probability of card", "loan"]
        assert drift.drifted_outputs[1].reasons[0].startswith("share of yes: 19.6%")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (
            lambda rng: np.where(rng.random(3000) < 0.8, 0.0, rng.exponential(300, 3000)),
            lambda old: np.where(old == 0, -999, old),
        ),
        (
            lambda rng: np.where(rng.random(3000) < 0.3, 48.0, rng.integers(0, 48, 3000)),
            lambda old: np.where(old == 48, 9999, old),
        ),
        (lambda rng: np.full(3000, 7.0), lambda old: old + 500),
        (lambda rng: (rng.random(3000) < 0.4) * 1.0, lambda old: old * 50),
    ],
    ids=["a sentinel for nil", "a sentinel for the greatest", "a constant", "another unit"],
)
def test_values_beyond_the_reference_are_found(section, before, now):
    """A value that many rows share has moved out of the range that training had."""
    rng = np.random.default_rng(0)
    old = before(rng)
    signature = Signature((Column("debt", Kind.NUMBER),), Outcome("y", "no", "yes"))
    reference = build_profile(signature, old[:, None].astype(np.float32), rng.random(3000))
    changed = now(old)[:1000, None].astype(np.float32)
    (column,) = compare_profiles(reference, count_window(reference, changed, rng.random(1000)), section).columns
    assert column.is_drifted
    assert column.adjusted_p_value < 1e-6


def test_a_reference_of_few_rows_says_nothing(reference, window, section):
    """A profile of one row, named by mistake, makes no window ok."""
    drift = compare_profiles(window(1), window(1000, scaled(0, 3.0)), section)
    assert (drift.is_sufficient, drift.rows_reference, drift.drifted) == (False, 1, ())


def test_empty_bins_at_the_end_of_both_have_an_effect(section):
    """Of a window as reference the last bins of the training rows may be empty: the effect is a number."""
    signature = Signature((Column("x", Kind.NUMBER),), Outcome("y", "no", "yes"))
    rng = np.random.default_rng(3)
    bins = build_profile(signature, rng.normal(size=(3000, 1)).astype(np.float32), rng.random(3000))
    for seed in range(40):
        low = np.random.default_rng(seed).uniform(-2, 0, (2, 497, 1)).astype(np.float32)
        sides = [count_window(bins, side, rng.random(497)) for side in (low[0], low[1] - 1)]
        (column,) = compare_profiles(*sides, section).columns
        assert column.effect.size > 0.5
        assert column.is_drifted
