"""References by season: a window is compared with rows of its own days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from keepfit.errors import MonitoringError
from keepfit.profiles import build_profile, count_window, merge
from keepfit.profiles.seasons import NAMES, SeasonalReference, SeasonalRows, season_numbers, seasonal_reference
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature((Column("load", Kind.NUMBER), Column("f", Kind.FLAG)), Outcome("y", "no", "yes"))
ROWS = 7000
DAYS = np.arange(ROWS) % 700
WEEKDAYS = season_numbers(DAYS, "weekday")


def rows(seed: int, weekdays: np.ndarray) -> np.ndarray:
    """Return loads that are twice as high at the week's end."""
    rng = np.random.default_rng(seed)
    load = rng.gamma(4, 1, len(weekdays)) * np.where(weekdays >= 5, 2, 1)
    return np.column_stack([load, rng.random(len(weekdays)) < 0.3]).astype(np.float32)


@pytest.fixture(scope="module")
def whole():
    matrix = rows(0, WEEKDAYS)
    return build_profile(SIGNATURE, matrix, np.full(ROWS, 0.5), labels=np.zeros(ROWS, dtype=np.int8))


@pytest.fixture(scope="module")
def parts(whole):
    known = SeasonalRows("weekday", WEEKDAYS, WEEKDAYS)
    labels = np.zeros(ROWS, dtype=np.int8)
    return seasonal_reference(whole, rows(0, WEEKDAYS), np.full(ROWS, 0.5), labels, known)


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(1970, 1, 1), date(2024, 2, 29), date(2026, 11, 28)])
def test_seasons_are_the_calendars(day):
    """Weekdays from Monday, months from January; before 1970 too."""
    number = np.array([(day - date(1970, 1, 1)).days])
    assert season_numbers(number, "weekday")[0] == day.weekday()
    assert season_numbers(number, "month")[0] == day.month - 1
    assert NAMES["weekday"][day.weekday()] == day.strftime("%A")
    assert NAMES["month"][day.month - 1] == day.strftime("%B")


def test_the_seasons_together_are_the_whole(whole, parts):
    """Nothing is counted twice or left out."""
    every = list(parts.parts.values())
    together = every[0]
    for part in every[1:]:
        together = merge(together, part)
    assert together.columns[0].counts == whole.columns[0].counts
    assert together.outputs[0].labelled == whole.outputs[0].labelled
    assert together.rows == ROWS


def test_a_window_of_sundays_is_compared_with_sundays(parts):
    """The blend has their mean and their number."""
    blended = parts.blended({6: 250})
    assert blended.columns[0].mean == pytest.approx(parts.parts[6].columns[0].mean, rel=0.01)
    assert blended.rows == parts.parts[6].rows


def test_a_blend_has_the_shares_of_the_window(parts):
    """Half of a window on Sundays, half on Mondays: the mean is in the middle, the size is that of both."""
    blended = parts.blended({6: 50, 0: 50})
    middle = (parts.parts[6].columns[0].mean + parts.parts[0].columns[0].mean) / 2
    assert blended.columns[0].mean == pytest.approx(middle, rel=0.01)
    assert blended.rows == pytest.approx(2000, rel=0.01)


def test_an_uneven_blend_counts_as_fewer_rows(parts):
    """Nine tenths of a window from one of two equal seasons: Kish's effective size, 1 / (0.81 + 0.01) of a season."""
    assert parts.blended({6: 90, 0: 10}).rows == pytest.approx(1000 / 0.82, rel=0.01)


def test_a_season_that_was_never_seen_has_no_reference(whole):
    """Then there is nothing of its own to compare with."""
    only = SeasonalReference("weekday", {0: whole})
    assert only.blended({0: 10, 6: 1}) is None
    assert only.blended({}) is None
    assert only.blended({0: 10, 6: 0}).rows == ROWS


def test_seasons_survive_json(parts):
    """And what is none is told."""
    assert SeasonalReference.from_dict(parts.to_dict()) == parts
    assert SeasonalReference.from_dict(None) is None
    with pytest.raises(MonitoringError, match="its seasons are none"):
        SeasonalReference.from_dict({"by": "weekday"})


def test_rows_without_a_day_are_in_no_season(whole):
    """They stay in the whole."""
    unknown = np.full(ROWS, -1, dtype=np.int8)
    found = seasonal_reference(
        whole, rows(0, WEEKDAYS), np.full(ROWS, 0.5), None, SeasonalRows("month", unknown, unknown)
    )
    assert found.parts == {}


def test_a_window_is_not_told_from_its_own_season(parts, whole):
    """By the whole week a Sunday has moved far; by Sundays it has not."""
    sundays = np.full(1000, 6)
    window = count_window(whole, rows(1, sundays), np.full(1000, 0.5))
    assert abs(window.columns[0].mean - whole.columns[0].mean) > 1
    assert abs(window.columns[0].mean - parts.blended({6: 1000}).columns[0].mean) < 0.5
