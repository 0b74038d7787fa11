"""The verdict: the graver of two states, with its reasons."""

from __future__ import annotations

import pytest
from tests.monitoring.test_quality import labelled

from keepfit.monitoring import State, compare_profiles, judge, measure_quality
from keepfit.project.monitoring_section import MonitoringSection


@pytest.fixture
def judged(reference, window):
    """Judge a window with a change, and labels of which a share agrees."""

    def judging(change=lambda matrix: None, agreeing=None, rows=1000, **keys):
        section = MonitoringSection(**keys)
        drift = compare_profiles(reference, window(rows, change), section)
        quality = None
        if agreeing is not None:
            quality = measure_quality(*labelled(rows, agreeing), section, 0.5, seed=0)
        return judge(drift, quality, section)

    return judging


def all_changed(matrix):
    matrix[:, :2] *= 3
    matrix[::2, 3] = 1


def income_fallen(matrix):
    matrix[:, 0] *= 0.7


def test_all_is_well(judged):
    """No drift and good labels are ok, with both reasons."""
    verdict = judged(agreeing=0.95, min_f1=0.65)
    assert (verdict.state, verdict.drift, verdict.quality) == (State.OK, State.OK, State.OK)
    assert verdict.reasons[0].startswith("F1 is 0.9")
    assert verdict.reasons[1] == "No column has drifted, on 1000 predictions."


def test_without_labels_the_data_alone_are_judged(judged):
    """No labels yet is insufficient for quality, and does not hide a good state of the data."""
    verdict = judged()
    assert (verdict.state, verdict.quality) == (State.OK, State.INSUFFICIENT)
    assert "Quality cannot be judged: no labels have come yet." in verdict.reasons


def test_one_drifted_column_warns(judged):
    """A column is a warning, named with its change."""
    verdict = judged(income_fallen)
    assert verdict.state is State.WARN
    assert verdict.reasons[0].startswith("1 of 5 columns has drifted: income (mean 1")


def test_drift_of_the_dataset_is_an_alarm(judged):
    """Half of the columns are an alarm, with the limit."""
    verdict = judged(all_changed)
    assert verdict.state is State.ALARM
    assert verdict.reasons[0].startswith(
        "The data have drifted: 3 of 5 columns (the limit is a share of 0.5): age (mean "
    )


def test_low_quality_is_an_alarm_though_nothing_drifts(judged):
    """Labels alone can alarm; the reason comes first and says the interval."""
    verdict = judged(agreeing=0.5, min_f1=0.65)
    assert (verdict.state, verdict.drift) == (State.ALARM, State.OK)
    assert verdict.reasons[0].endswith("on 1000 labelled rows: below the floor of 0.65 even at its upper end.")


def test_too_little_is_insufficient(judged):
    """A short window says how many rows are missing."""
    verdict = judged(all_changed, agreeing=0.5, rows=150)
    assert verdict.state is State.INSUFFICIENT
    assert "Drift cannot be judged: the window has 150 predictions, 50 more are needed." in verdict.reasons
    assert "Quality cannot be judged: 150 labels have come, 50 more are needed." in verdict.reasons
