"""What a window is compared with: all rows that taught, or those of its own seasons."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from keepfit.monitoring.observed import Stretch, window_of
from keepfit.profiles import build_profile, count_window
from keepfit.profiles.seasons import SEASONS, SeasonalRows, season_numbers, seasonal_reference
from keepfit.project.monitoring_section import SeasonSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.workflows.windows.reference import reference_of

SIGNATURE = Signature(
    (Column("load", Kind.NUMBER), Column("c", Kind.CATEGORY, categories=("a", "b"))), Outcome("y", "n", "j")
)
BY_DAY = SeasonSection(by="weekday", column="day")
DAYS = np.arange(700)
MATRIX = np.column_stack([(DAYS + 3) % 7 * 10.0, np.where(DAYS == 0, 1, 0)]).astype(np.float32)
WHOLE = build_profile(SIGNATURE, MATRIX, np.full(700, 0.5))


@pytest.fixture
def champion():
    """A bundle whose profile has the weekdays; the load of a row is ten times its weekday."""
    known = SeasonalRows("weekday", season_numbers(DAYS, "weekday"), np.full(700, -1, dtype=np.int8))
    parts = seasonal_reference(WHOLE, MATRIX, np.full(700, 0.5), None, known)
    return SimpleNamespace(profile={**WHOLE.to_dict(), SEASONS: parts.to_dict()})


def window(days):
    profile = count_window(WHOLE, MATRIX[:10], np.full(10, 0.5))
    return replace(window_of("the journal", [Stretch(profile)], profile), days=days)


def test_a_window_of_a_day_has_the_reference_of_that_day(champion):
    """Its words name it; labels that were seen once keep the share that they have of all rows."""
    found, words = reference_of(champion, window({4: 10}), BY_DAY)  # 1970-01-05 was a Monday
    assert found.columns[0].mean == 0
    assert words == "training rows of the same weekdays (Monday), which count as 100"
    assert found.columns[1].seen_once == round(WHOLE.columns[1].seen_once * 100 / 700)


@pytest.mark.parametrize(("days", "season"), [({4: 10}, None), ({}, BY_DAY)])
def test_without_seasons_or_days_it_is_all_rows(champion, days, season):
    """A file says no days."""
    assert reference_of(champion, window(days), season) == (WHOLE, "")


def test_a_bundle_without_seasons_is_compared_as_a_whole():
    """It was trained before they were declared."""
    champion = SimpleNamespace(profile=WHOLE.to_dict())
    assert reference_of(champion, window({4: 10}), BY_DAY) == (WHOLE, "")
